import { residueOfFraction } from '../../field/fraction.ts';
import type { Residue } from '../../field/residue.ts';
import { SquareRoots } from '../../field/square-root.ts';
import type { Operation, Tensor } from '../../graph/tensor.ts';
import type { OperationAtPoint, Outcome, Setting } from './operation.ts';

type Normalize = Extract<Operation, { readonly kind: 'normalize' }>;

/** The radicands mean(x_i²) + ε, token by token. */
export function radicands<R extends Residue>(setting: Setting<R>, { x, epsilon }: Normalize): R[] {
  const { field } = setting;
  const { rows, cols } = x;
  const entries = setting.read(x) as unknown as ArrayLike<R>;
  const inverse = field.inverse(field.reduce(cols));
  const offset = residueOfFraction(field, epsilon);
  return Array.from({ length: rows }, (_, i) => {
    let sum = field.reduce(0);
    for (let c = 0; c < cols; c++) {
      const entry = entries[i * cols + c]!;
      sum = field.add(sum, field.multiply(entry, entry));
    }
    return field.add(field.multiply(sum, inverse), offset);
  });
}

/** y_i = x_i / √u_i, with the radicands u. */
export function normalize<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  operation: Normalize,
): OperationAtPoint<R> {
  const { kernel, field } = setting;
  const { rows: t, cols } = tensor;
  const { x } = operation;
  const roots = new SquareRoots(field);
  const inverseWidth = field.inverse(field.reduce(cols));
  /** y/d, for backward. */
  const z = setting.allocate(t * cols);
  const row = setting.allocate(cols);
  let rho: R[] = [];
  return {
    forward(): Outcome {
      rho = [];
      const failing: number[] = [];
      for (const [i, u] of radicands(setting, operation).entries()) {
        const root = roots.root(u);
        if (root === null) failing.push(i);
        else rho.push(field.inverse(root));
      }
      if (failing.length > 0) return failing;
      const width = cols * kernel.elementBytes;
      rho.forEach((factor, i) => {
        kernel.write(
          row,
          Array.from({ length: cols }, () => factor),
        );
        const y = setting.valueAt(tensor) + i * width;
        kernel.scaleColumns('set', 1, cols, setting.valueAt(x) + i * width, row, y);
        kernel.write(
          row,
          Array.from({ length: cols }, () => inverseWidth),
        );
        kernel.scaleColumns('set', 1, cols, y, row, z + i * width);
      });
      return 'done';
    },
    pullBack(g, cotangents) {
      if (!cotangents.isWanted(x)) return;
      // In place: nobody else reads the cotangents of y.
      const width = cols * kernel.elementBytes;
      rho.forEach((factor, i) =>
        kernel.pullbackRoots(
          cotangents.count,
          cols,
          g + i * cotangents.count * width,
          setting.valueAt(tensor) + i * width,
          z + i * width,
          factor,
        ),
      );
      cotangents.give(x, g);
    },
  };
}
