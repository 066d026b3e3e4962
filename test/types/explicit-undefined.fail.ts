// TS2375: an option is given or left out; "given as undefined" is a third state that nobody handles.
interface Options {
  readonly embargo?: number;
}

// refused:
export const options: Options = { embargo: undefined };
