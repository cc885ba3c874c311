import type { Residue } from '../../field/residue.ts';
import type { Operation, Tensor } from '../../graph/tensor.ts';
import { parameterAt, type OperationAtPoint, type Setting } from './operation.ts';

type Of<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

/** y = x Wᵀ, token by token. */
export function linear<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, weight, transposed }: Of<'linear'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const t = tensor.rows;
  const outs = tensor.cols;
  const ins = x.cols;
  const w = parameterAt(setting, weight);
  /** Element strides of W as outs × ins. */
  const [outStride, inStride] = transposed ? [1, outs] : [ins, 1];
  return {
    forward() {
      const y = setting.valueAt(tensor);
      kernel.multiply('set', t, outs, ins, setting.valueAt(x), ins, 1, w, inStride, outStride, y, outs);
      return 'done';
    },
    pullBack(g, cotangents) {
      const count = cotangents.count;
      const z = setting.valueAt(x);
      if (cotangents.hasColumns(weight)) {
        const mark = kernel.mark();
        const block = kernel.allocate(count * outs * ins);
        // Σ_i g[i][r] ⊗ z[i] for every cotangent r.
        if (!transposed)
          kernel.multiply('set', count * outs, ins, t, g, 1, count * outs, z, ins, 1, block, ins);
        else
          for (let r = 0; r < count; r++) {
            const from = g + r * outs * kernel.elementBytes;
            const to = block + r * outs * ins * kernel.elementBytes;
            kernel.multiply('set', ins, outs, t, z, 1, ins, from, count * outs, 1, to, outs);
          }
        cotangents.writeDerivative(weight, block);
        kernel.release(mark);
      }
      if (!cotangents.isWanted(x)) return;
      const { at, mode } = cotangents.open(x);
      kernel.multiply(mode, t * count, ins, outs, g, outs, 1, w, outStride, inStride, at, ins);
    },
  };
}

/** y_i = x_i + b. */
export function bias<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, vector }: Of<'bias'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const { rows: t, cols } = tensor;
  const b = parameterAt(setting, vector);
  const ones = constantRow(setting, t);
  return {
    forward() {
      const y = setting.valueAt(tensor);
      kernel.copy(1, t * cols, setting.valueAt(x), t * cols, y, t * cols);
      kernel.multiply('add', t, cols, 1, ones, 1, 1, b, cols, 1, y, cols);
      return 'done';
    },
    pullBack(g, cotangents) {
      if (cotangents.hasColumns(vector)) {
        const size = cotangents.count * cols;
        const mark = kernel.mark();
        const block = kernel.allocate(size);
        kernel.multiply('set', 1, size, t, ones, t, 1, g, size, 1, block, size);
        cotangents.writeDerivative(vector, block);
        kernel.release(mark);
      }
      if (cotangents.isWanted(x)) cotangents.add(x, g);
    },
  };
}

/** y_i = x_i + P_i. */
export function positions<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, matrix }: Of<'positions'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const { rows: t, cols } = tensor;
  const p = parameterAt(setting, matrix);
  return {
    forward() {
      const y = setting.valueAt(tensor);
      kernel.copy(1, t * cols, setting.valueAt(x), t * cols, y, t * cols);
      kernel.addElements(t * cols, p, y);
      return 'done';
    },
    pullBack(g, cotangents) {
      const { count } = cotangents;
      if (cotangents.hasColumns(matrix)) {
        const mark = kernel.mark();
        const block = kernel.allocate(count * t * cols);
        for (let i = 0; i < t; i++)
          kernel.copy(
            count,
            cols,
            g + i * count * cols * kernel.elementBytes,
            cols,
            block + i * cols * kernel.elementBytes,
            t * cols,
          );
        cotangents.writeDerivative(matrix, block);
        kernel.release(mark);
      }
      if (cotangents.isWanted(x)) cotangents.add(x, g);
    },
  };
}

/** y_i = γ ∘ x_i, or (1 + γ) ∘ x_i. */
export function gain<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, vector, unitOffset }: Of<'gain'>,
): OperationAtPoint<R> {
  const { kernel, field, point } = setting;
  const { rows: t, cols } = tensor;
  const factors = setting.allocate(cols);
  const one = field.reduce(1);
  const gamma = Array.from({ length: cols }, (_, c) => {
    const entry = point.theta[vector.offset + c] as R;
    return unitOffset ? field.add(one, entry) : entry;
  });
  kernel.write(factors, gamma);
  const ones = constantRow(setting, t);
  return {
    forward() {
      kernel.scaleColumns('set', t, cols, setting.valueAt(x), factors, setting.valueAt(tensor));
      return 'done';
    },
    pullBack(g, cotangents) {
      const { count } = cotangents;
      if (cotangents.hasColumns(vector)) {
        const size = count * cols;
        const mark = kernel.mark();
        const scaled = kernel.allocate(t * size);
        const block = kernel.allocate(size);
        for (let i = 0; i < t; i++) {
          const shift = i * size * kernel.elementBytes;
          const row = setting.valueAt(x) + i * cols * kernel.elementBytes;
          kernel.scaleColumns('set', count, cols, g + shift, row, scaled + shift);
        }
        kernel.multiply('set', 1, size, t, ones, t, 1, scaled, size, 1, block, size);
        cotangents.writeDerivative(vector, block);
        kernel.release(mark);
      }
      if (!cotangents.isWanted(x)) return;
      const { at, mode } = cotangents.open(x);
      kernel.scaleColumns(mode, t * count, cols, g, factors, at);
    },
  };
}

/** y_i = x_i − mean(x_i). */
export function center<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x }: Of<'center'>,
): OperationAtPoint<R> {
  const { kernel, field } = setting;
  const { rows: t, cols } = tensor;
  const inverse = field.inverse(field.reduce(cols));
  const projection = setting.allocate(cols * cols);
  const off = field.subtract(field.reduce(0), inverse);
  const diagonal = field.add(field.reduce(1), off);
  kernel.write(
    projection,
    Array.from({ length: cols * cols }, (_, n) => (n % (cols + 1) === 0 ? diagonal : off)),
  );
  return {
    forward() {
      const y = setting.valueAt(tensor);
      kernel.multiply('set', t, cols, cols, setting.valueAt(x), cols, 1, projection, cols, 1, y, cols);
      return 'done';
    },
    pullBack(g, cotangents) {
      if (!cotangents.isWanted(x)) return;
      const { at, mode } = cotangents.open(x);
      kernel.multiply(mode, t * cotangents.count, cols, cols, g, cols, 1, projection, cols, 1, at, cols);
    },
  };
}

/** Turns of the pairs (2m, 2m+1) of each token. */
export function rotate<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, rotation }: Of<'rotate'>,
): OperationAtPoint<R> {
  const { kernel, field, point } = setting;
  const { rows: t, cols } = tensor;
  const zero = field.reduce(0);
  const one = field.reduce(1);
  /** Of each position the matrix whose rows are the images of the unit vectors: y = x·M. */
  const matrices = Array.from({ length: t }, (_, position) => {
    const entries = Array.from({ length: cols * cols }, (_, n) => (n % (cols + 1) === 0 ? one : zero));
    point.rotation(rotation, position).forEach(({ cos, sin }, m) => {
      const u = 2 * m * cols + 2 * m;
      const v = u + cols;
      entries[u] = cos;
      entries[u + 1] = sin;
      entries[v] = field.subtract(zero, sin);
      entries[v + 1] = cos;
    });
    const at = setting.allocate(cols * cols);
    kernel.write(at, entries);
    return at;
  });
  const width = cols * kernel.elementBytes;
  return {
    forward() {
      const y = setting.valueAt(tensor);
      matrices.forEach((matrix, i) =>
        kernel.multiply(
          'set',
          1,
          cols,
          cols,
          setting.valueAt(x) + i * width,
          cols,
          1,
          matrix,
          cols,
          1,
          y + i * width,
          cols,
        ),
      );
      return 'done';
    },
    pullBack(g, cotangents) {
      if (!cotangents.isWanted(x)) return;
      const { count } = cotangents;
      const { at, mode } = cotangents.open(x);
      matrices.forEach((matrix, i) => {
        const shift = i * count * width;
        kernel.multiply(mode, count, cols, cols, g + shift, cols, 1, matrix, 1, cols, at + shift, cols);
      });
    },
  };
}

/** A row of ones. */
export function constantRow<R extends Residue>(
  { kernel, field, allocate }: Setting<R>,
  count: number,
): number {
  const at = allocate(count);
  const one = field.reduce(1);
  kernel.write(
    at,
    Array.from({ length: count }, () => one),
  );
  return at;
}
