// Memory of WebAssembly grows in Node; the language's own library does not declare it.
declare namespace WebAssembly {
  interface Memory {
    grow(pages: number): number;
  }
}
