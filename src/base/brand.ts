// Nominal types over primitives: a brand stops ticks from passing for lots at no run-time cost.

declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
