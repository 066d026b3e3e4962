// Escaping, checked by example and by property.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, html, jsonText, trusted } from "./html.js";

describe("markup", () => {
  it("escapes what is inserted and keeps what is written", () => {
    expect(html`<p title="${`a"b'c`}">${"<b>&"}</p>`.text).toBe('<p title="a&quot;b&#39;c">&lt;b&gt;&amp;</p>');
  });

  it("leaves nothing for null, undefined and false, and keeps zero", () => {
    expect(html`${null}${undefined}${false}${0}`.text).toBe("0");
  });

  it("joins lists and does not escape finished markup twice", () => {
    expect(html`<ul>${["<", ">"].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe("<ul><li>&lt;</li><li>&gt;</li></ul>");
    expect(html`${trusted("<i></i>")}`.text).toBe("<i></i>");
  });

  it("does not take an object that only looks like markup for markup", () => {
    const forged = JSON.parse('{"text":"<script>alert(1)</script>"}') as never;
    expect(() => html`${forged}`.text).toThrow(TypeError);
  });

  it("leaves no character of markup in any escaped text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(escapeHtml(text))));
  });

  it("writes JSON that cannot close its element and reads back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = jsonText(value).text;
        expect(text).not.toContain("<");
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(jsonText("</script><script>alert(1)</script>").text).not.toContain("</");
  });
});
