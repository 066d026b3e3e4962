// Reverse-mode differentiation: walks the tape backwards and lets each operation add the nodes of its own derivative to the same graph.
import { invariant } from "#base/errors.js";
import type { Graph } from "./graph.js";
import { sizeOf, type Tensor } from "./tensor.js";

/**
 * Gradients of the sum of `loss` with respect to each of `parameters`, in their order. A parameter that the loss does not depend on gets
 * zeros. `seed` is the gradient of what follows, of the loss's shape; ones when left out.
 */
export function gradient(g: Graph, loss: Tensor, parameters: readonly Tensor[], seed?: Tensor): readonly Tensor[] {
  invariant(g.purpose === "training", "an inference graph has no tape");
  return g.withoutTape(() => {
    const wanted = new Set(parameters.map(({ name }) => name));
    for (const { inputs, outputs } of g.tape)
      if (inputs.some(({ name }) => wanted.has(name))) for (const { name } of outputs) wanted.add(name);

    const ones = (): Tensor => g.constant(new Float32Array(sizeOf(loss.shape)).fill(1), loss.shape);
    const gradients = new Map<string, Tensor>([[loss.name, seed ?? ones()]]);
    const collect = (name: string, part: Tensor): void => {
      const before = gradients.get(name);
      gradients.set(name, before === undefined ? part : g.emit("Add", [before, part], part.shape));
    };
    const computed = new Set(g.tape.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
    const late = new Map<string, (() => Tensor)[]>();
    for (const { inputs, outputs, derivative } of g.tape.toReversed()) {
      const d = outputs.map(({ name }) => gradients.get(name) ?? null);
      if (d.every((one) => one === null) || !inputs.some(({ name }) => wanted.has(name))) continue;
      const parts = derivative(d);
      inputs.forEach(({ name }, i) => {
        if (!wanted.has(name)) return;
        const part = parts[i] as () => Tensor;
        if (computed.has(name)) collect(name, part());
        else late.set(name, [...(late.get(name) ?? []), part]);
      });
    }
    // ONNX Runtime walks back from the last node that nothing follows. Gradients of parameters stand last, those of the first layer ahead
    // of those of the last: so each is computed as soon as it can be, and what it needs is let go. The other way around all of them are
    // computed at the end, and everything is kept until then.
    for (const name of wanted) for (const part of late.get(name) ?? []) collect(name, part());
    return parameters.map(({ name, shape }) => gradients.get(name) ?? g.zeros(shape));
  });
}
