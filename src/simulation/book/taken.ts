// What our orders took from displayed levels of one side. The recording still shows it, so it is remembered: a level offers what it shows less
// what we took, until it shrinks below that. What joins a level later is offered.

export class Taken {
  private readonly lots = new Map<number, number>();

  at(key: number): number {
    return this.lots.size === 0 ? 0 : (this.lots.get(key) ?? 0);
  }

  add(key: number, lots: number): void {
    this.lots.set(key, this.at(key) + lots);
  }

  /** The level shows a new total. */
  level(key: number, total: number): void {
    if (this.lots.size === 0) return;
    const taken = this.lots.get(key);
    if (taken === undefined || taken <= total) return;
    if (total === 0) this.lots.delete(key);
    else this.lots.set(key, total);
  }

  clear(): void {
    this.lots.clear();
  }

  save(): readonly (readonly [number, number])[] {
    return [...this.lots];
  }

  load(saved: readonly (readonly [number, number])[]): void {
    this.lots.clear();
    for (const [key, lots] of saved) this.lots.set(key, lots);
  }
}
