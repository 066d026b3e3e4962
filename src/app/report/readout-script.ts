// The page's only script: moves a cursor over a chart and shows that entry's values in its legend. The page is complete without it.
// Written for the browser as text; it reads only the JSON that stands beside each chart, and writes only text, never markup.

/** Pointer and arrow keys. The number form must be the one of `formatValue`. */
export const readoutScript = `(() => {
  const show = (v, f) => {
    if (v === null || v === undefined) return "\\u2013";
    const t = (v * f.factor).toFixed(f.digits), p = t.replace("-", "");
    return (t[0] === "-" && /[1-9]/.test(t) ? "\\u2212" : "") + p + f.unit;
  };
  const shared = JSON.parse(document.getElementById("sessions").textContent);
  for (const figure of document.querySelectorAll("figure.chart:not(.empty)")) {
    const store = figure.querySelector('script[type="application/json"]');
    if (!store) continue;
    const data = JSON.parse(store.textContent), plot = figure.querySelector(".plot"), cursor = figure.querySelector(".cursor");
    const cells = [...figure.querySelectorAll(".legend b")], when = figure.querySelector(".when");
    const rest = cells.map((c) => c.textContent), restWhen = when.textContent;
    const banded = plot.dataset.banded === "1", last = Math.floor((data.count - 1) / data.stride);
    let at = last;
    const go = (k) => {
      at = Math.max(0, Math.min(last, k));
      const i = at * data.stride, x = banded ? (i + 0.5) / data.count : i / (data.count - 1);
      cursor.style.left = x * 100 + "%";
      plot.classList.add("on");
      cells.forEach((c, s) => { c.textContent = show(data.series[s][at], data.format); });
      when.textContent = data.labels ? data.labels[at] : shared[i];
    };
    const leave = () => {
      plot.classList.remove("on");
      cells.forEach((c, s) => { c.textContent = rest[s]; });
      when.textContent = restWhen;
      at = last;
    };
    const follow = (e) => {
      const box = plot.getBoundingClientRect(), f = (e.clientX - box.left) / box.width;
      go(Math.round((banded ? f * data.count - 0.5 : f * (data.count - 1)) / data.stride));
    };
    plot.tabIndex = 0;
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("blur", leave);
    plot.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -1e9, End: 1e9 }[e.key];
      if (step === undefined) return;
      e.preventDefault();
      go(at + step);
    });
  }
})();`;
