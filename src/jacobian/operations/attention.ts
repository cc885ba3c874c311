import type { Residue } from '../../field/residue.ts';
import type { SoftmaxStep } from '../../graph/steps.ts';
import { isVisible, type Operation, type Tensor } from '../../graph/tensor.ts';
import type { OperationAtPoint, Outcome, Setting } from './operation.ts';

type Of<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

/** s = q kᵀ. */
export function scores<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { q, k }: Of<'scores'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const { rows: queries, cols: keys } = tensor;
  const a = q.cols;
  return {
    forward() {
      const s = setting.valueAt(tensor);
      kernel.multiply('set', queries, keys, a, setting.valueAt(q), a, 1, setting.valueAt(k), 1, a, s, keys);
      return 'done';
    },
    pullBack(g, cotangents) {
      const { count } = cotangents;
      if (cotangents.isWanted(q)) {
        const { at, mode } = cotangents.open(q);
        kernel.multiply(mode, queries * count, a, keys, g, keys, 1, setting.valueAt(k), a, 1, at, a);
      }
      if (!cotangents.isWanted(k)) return;
      const { at, mode } = cotangents.open(k);
      for (let key = 0; key < keys; key++)
        kernel.multiply(
          mode,
          count,
          a,
          queries,
          g + key * kernel.elementBytes,
          keys,
          count * keys,
          setting.valueAt(q),
          a,
          1,
          at + key * count * a * kernel.elementBytes,
          a,
        );
    },
  };
}

/** Scores of lightning attention, 0 where the key is hidden. */
export function mask<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { scores, mask }: Of<'mask'>,
): OperationAtPoint<R> {
  const { kernel, field } = setting;
  const { rows: queries, cols: keys } = tensor;
  const size = queries * keys;
  const visible = setting.allocate(size);
  kernel.write(
    visible,
    Array.from({ length: size }, (_, n) =>
      field.reduce(Number(isVisible(mask, Math.floor(n / keys), n % keys))),
    ),
  );
  return {
    forward() {
      kernel.scaleColumns('set', 1, size, setting.valueAt(scores), visible, setting.valueAt(tensor));
      return 'done';
    },
    pullBack(g, cotangents) {
      if (!cotangents.isWanted(scores)) return;
      const { at, mode } = cotangents.open(scores);
      const width = keys * kernel.elementBytes;
      for (let query = 0; query < queries; query++) {
        const shift = query * cotangents.count * width;
        kernel.scaleColumns(mode, cotangents.count, keys, g + shift, visible + query * width, at + shift);
      }
    },
  };
}

/** w_ij = E_ij / Σ_k E_ik over the keys that are visible to the query i. */
export function softmax<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { scores, mask }: Of<'softmax'>,
): OperationAtPoint<R> {
  const { kernel, field, point } = setting;
  const { rows: queries, cols: keys } = tensor;
  const step = point.graph.steps.find((s): s is SoftmaxStep => s.kind === 'softmax' && s.tensor === tensor)!;
  const zero = field.reduce(0);
  const one = field.reduce(1);
  return {
    forward(draws): Outcome {
      const units = draws.units.get(step)! as unknown as ArrayLike<R>;
      const weights = Array.from({ length: queries * keys }, () => zero);
      for (let query = 0; query < queries; query++) {
        const row = query * keys;
        let denominator = zero;
        for (let key = 0; key < keys; key++) {
          if (!isVisible(mask, query, key)) continue;
          const argument = step.argumentOf[row + key]!;
          weights[row + key] = argument < 0 ? one : units[argument]!;
          denominator = field.add(denominator, weights[row + key]!);
        }
        if (Number(denominator) === 0) return 'vanishing';
        if (Number(denominator) === 1) continue;
        const inverse = field.inverse(denominator);
        for (let key = 0; key < keys; key++)
          weights[row + key] = field.multiply(weights[row + key]!, inverse);
      }
      kernel.write(setting.valueAt(tensor), weights);
      return 'done';
    },
    pullBack(g, cotangents) {
      if (!cotangents.isWanted(scores)) return;
      // In place: nobody else reads the cotangents of the weights.
      const width = keys * kernel.elementBytes;
      for (let query = 0; query < queries; query++)
        kernel.pullbackWeights(
          cotangents.count,
          keys,
          g + query * cotangents.count * width,
          setting.valueAt(tensor) + query * width,
        );
      cotangents.give(scores, g);
    },
  };
}

/** h = w v. */
export function mix<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { w, v }: Of<'mix'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const { rows: queries, cols: width } = tensor;
  const keys = w.cols;
  return {
    forward() {
      const h = setting.valueAt(tensor);
      kernel.multiply(
        'set',
        queries,
        width,
        keys,
        setting.valueAt(w),
        keys,
        1,
        setting.valueAt(v),
        width,
        1,
        h,
        width,
      );
      return 'done';
    },
    pullBack(g, cotangents) {
      const { count } = cotangents;
      if (cotangents.isWanted(v)) {
        const { at, mode } = cotangents.open(v);
        const size = count * width;
        kernel.multiply(mode, keys, size, queries, setting.valueAt(w), 1, keys, g, size, 1, at, size);
      }
      if (!cotangents.isWanted(w)) return;
      const { at, mode } = cotangents.open(w);
      kernel.multiply(
        mode,
        queries * count,
        keys,
        width,
        g,
        width,
        1,
        setting.valueAt(v),
        1,
        width,
        at,
        keys,
      );
    },
  };
}
