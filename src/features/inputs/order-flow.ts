// Order flow of one side of a book at one level (Cont, Kukanov and Stoikov 2014, equation 4; for deeper levels Xu, Gould and Howison 2018).

/**
 * What a side gained: its new size unless its price got worse, less its old size unless its price got better. `better` is how much the
 * price improved (for asks: by how much it fell). The flow of a level is that of the bid less that of the ask.
 */
export function sideFlow(better: number, size: number, sizeBefore: number): number {
  return (better >= 0 ? size : 0) - (better <= 0 ? sizeBefore : 0);
}
