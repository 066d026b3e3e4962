// Markup that escapes by default: whatever is put into the template is text unless it is already Html.
// Assumes attributes are always quoted. Never trusts a string from data: a symbol named `<script>` stays six letters in brackets.

/** Finished markup. Only `html`, `trusted` and `jsonText` make one, so a value from data can never pose as markup. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a template accepts. null, undefined and false leave nothing; arrays are joined without a separator. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Safe as element text and inside a quoted attribute. Control characters that no HTML document may hold become U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] as string).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escapeHtml(String(content));
}

/** Template tag: literal parts are markup, inserted parts are escaped. */
export function html(parts: TemplateStringsArray, ...inserted: readonly Content[]): Html {
  let text = parts[0] as string;
  inserted.forEach((content, i) => {
    text += render(content) + (parts[i + 1] as string);
  });
  return new Html(text);
}

/** Markup written in this folder (style sheet, script, SVG paths made of numbers). Never for anything that came from data. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** A value as JSON inside a script element: no `<` survives, so the element cannot be closed from within. NaN becomes null. */
export function jsonText(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029"));
}
