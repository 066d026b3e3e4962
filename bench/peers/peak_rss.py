def peak_rss_mb() -> float:
    # VmHWM, not getrusage: ru_maxrss survives exec, so under a large launcher it
    # would report the launcher's memory as the peer's.
    try:
        with open("/proc/self/status") as f:
            kib = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    except OSError:
        import resource, sys
        kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if sys.platform == "darwin":
            kib /= 1024
    return round(kib / 1024, 1)
