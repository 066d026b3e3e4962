// The mark of Truewind: the wind triangle. What the boat feels (apparent wind) less its own motion is the true wind;
// what a strategy earned less what the market gave everybody is the edge.
import { type Html, html, trusted } from "./html.js";

const paths =
  '<path d="M5 26 27 26" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" opacity=".55"/>' +
  '<path d="M5 26C7 17 11 9 17 4" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" opacity=".55"/>';

/** 32 x 32, colored by its surroundings; decorative, the name stands beside it. */
export function logoMark(): Html {
  return trusted(
    `<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">${paths}` +
      '<path class="truth" d="M17 4C24 9 27 17 27 26" fill="none" stroke-width="3" stroke-linecap="round"/>' +
      '<path class="truth" d="M22.6 20.6 27 26.4 30.4 20" fill="none" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  );
}

/** The mark as an icon of the page, carried inside it. */
export function iconLink(): Html {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#10283c"/>' +
    `<g transform="translate(3 3) scale(.81)" color="#fff">${paths}<path d="M17 4C24 9 27 17 27 26M22.6 20.6 27 26.4 30.4 20" fill="none" stroke="#5cc3c9" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></g></svg>`;
  return html`<link rel="icon" href="data:image/svg+xml,${trusted(encodeURIComponent(svg))}">`;
}
