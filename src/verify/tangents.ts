import type { Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { UnitDirection, type Direction } from './direction.ts';
import { fraction, times } from './fraction.ts';
import { countPairs, endOfKeys, firstKey, seesAll } from './mask.ts';
import type { Id } from './program.ts';
import { dependents } from './steps.ts';
import {
  addMultiple,
  addMapped,
  center,
  eachEntry,
  gainFactors,
  geluCoefficient,
  geluCubic,
  inverseRoots,
  rotate,
  type Values,
} from './values.ts';

/*
 * Forward mode: dual numbers a + ε·da, the ε-part in one direction at a time carried through the tensors that depend on what changes.
 */

/** The derivatives of all tensors in one direction, at the input whose values are there. */
export class Tangents<E extends number | bigint> {
  readonly #values: Values<E>;
  readonly #of: Vector<E>[];
  readonly #breath: Breath;
  /** The block of the parameter of the last `by`. */
  #block: Id = -1;
  #depends: Uint8Array = new Uint8Array(0);

  constructor(values: Values<E>, breath: Breath) {
    this.#values = values;
    this.#breath = breath;
    this.#of = values.of.map(({ length }) => values.point.field.f.zeros(length));
  }

  /** The derivative of a tensor by the parameter with this number. Columns are named in ascending order: blocks of parameters change seldom. */
  async by(column: number, output: Id): Promise<Vector<E>> {
    const { program, point } = this.#values;
    const block = blockOf(program.blocks, column, this.#block);
    if (block !== this.#block) {
      this.#block = block;
      this.#depends = dependents(program, (other) => other === block);
    }
    const entry = column - program.blocks[block]!.first;
    return this.#push(new UnitDirection(program, point.field.f, block, entry), output);
  }

  /** The derivative of a tensor in a direction: Σ Δ_c·(its derivative by the parameter c). */
  async along(direction: Direction<E>, output: Id): Promise<Vector<E>> {
    this.#block = -1;
    this.#depends = dependents(this.#values.program, (block) => direction.changes(block));
    return this.#push(direction, output);
  }

  async #push(direction: Direction<E>, output: Id): Promise<Vector<E>> {
    for (let id = 0; id <= output; id++) if (this.#depends[id] === 1) await this.#pushThrough(id, direction);
    if (this.#depends[output] === 0) this.#of[output]!.fill(this.#values.point.field.f.zero);
    return this.#of[output]!;
  }

  /** The derivative of a tensor from those before, and of what changes itself. */
  async #pushThrough(id: Id, direction: Direction<E>): Promise<void> {
    const values = this.#values;
    const { program, point, coefficients } = values;
    const { field } = point;
    const { f } = field;
    const breath = this.#breath;
    const tensor = program.tensor(id);
    const { operation, tokens, width } = tensor;
    const dy = this.#of[id]!;
    const y = values.of[id]!;
    const of = (operand: Id): Vector<E> => values.of[operand]!;
    const d = (operand: Id): Vector<E> => this.#of[operand]!;
    const moves = (operand: Id): boolean => this.#depends[operand] === 1;
    const entrywise = (derivative: (n: number) => E): Promise<void> =>
      eachEntry(dy, dy.length, f, breath, derivative);
    switch (operation.kind) {
      case 'tokens':
        return;
      case 'combination':
        dy.fill(f.zero);
        for (const [operand, text] of operation.terms)
          if (moves(operand)) await addMultiple(dy, d(operand), coefficients.residue(text), f, breath);
        return;
      case 'linear': {
        const { x, weight, bias, transposed } = operation;
        const block = program.blocks[weight]!;
        dy.fill(f.zero);
        if (moves(x)) await addMapped(dy, d(x), point.blocks[weight]!, block, transposed, tensor, f, breath);
        if (direction.changes(weight))
          await direction.addMapped(dy, { block: weight, transposed, x: of(x), tokens });
        if (bias !== null && direction.changes(bias)) await direction.addEntries(dy, bias, null);
        return;
      }
      case 'shift': {
        const { x, block } = operation;
        if (moves(x)) await entrywise((n) => d(x)[n]!);
        else dy.fill(f.zero);
        if (direction.changes(block)) await direction.addEntries(dy, block, null);
        return;
      }
      case 'rotation':
        return rotate(dy, d(operation.x), operation, tensor, point, breath);
      case 'scores': {
        const { q, k, mask } = operation;
        const a = program.tensor(q).width;
        for (let i = 0; i < tokens; i++)
          for (let j = firstKey(mask, i), end = endOfKeys(mask, i); j < end; j++) {
            if (breath.due(2 * a * f.cost.dot)) await breath.take();
            const byQuery = moves(q) ? f.dot(d(q), i * a, 1, of(k), j * a, 1, a) : f.zero;
            const byKey = moves(k) ? f.dot(of(q), i * a, 1, d(k), j * a, 1, a) : f.zero;
            dy[i * width + j] = f.add(byQuery, byKey);
          }
        return;
      }
      case 'softmax': {
        // dw_ij = w_ij·(ds_ij − Σ_k w_ik ds_ik)
        const ds = d(operation.scores);
        for (let i = 0; i < tokens; i++) {
          const first = i * width + firstKey(operation.mask, i);
          const end = i * width + endOfKeys(operation.mask, i);
          if (breath.due((end - first) * 4 * f.cost.dot)) await breath.take();
          const mean = f.dot(y, first, 1, ds, first, 1, end - first);
          for (let n = first; n < end; n++) dy[n] = f.multiply(y[n]!, f.subtract(ds[n]!, mean));
        }
        return;
      }
      case 'mix': {
        const { weights, v, mask } = operation;
        if (seesAll(mask)) {
          if (breath.due(2 * countPairs(mask) * width * f.cost.dot)) await breath.take();
          const shape = { tokens, width, length: mask.keys, rowStep: 1, colStep: width };
          dy.fill(f.zero);
          if (moves(weights)) f.addMapped(dy, d(weights), of(v), shape);
          if (moves(v)) f.addMapped(dy, of(weights), d(v), shape);
          return;
        }
        for (let i = 0; i < tokens; i++) {
          const first = firstKey(mask, i);
          const count = endOfKeys(mask, i) - first;
          const at = i * mask.keys + first;
          for (let c = 0; c < width; c++) {
            if (breath.due(2 * count * f.cost.dot)) await breath.take();
            const from = first * width + c;
            const byWeight = moves(weights) ? f.dot(d(weights), at, 1, of(v), from, width, count) : f.zero;
            const byValue = moves(v) ? f.dot(of(weights), at, 1, d(v), from, width, count) : f.zero;
            dy[i * width + c] = f.add(byWeight, byValue);
          }
        }
        return;
      }
      case 'power': {
        const x = of(operation.x);
        const exponent = BigInt(operation.exponent);
        const factor = field.integer(exponent);
        return entrywise((n) =>
          f.multiply(f.multiply(factor, field.power(x[n]!, exponent - 1n)), d(operation.x)[n]!),
        );
      }
      case 'geluArgument': {
        const x = of(operation.x);
        const c = geluCoefficient(values, operation.coefficient);
        const twice = f.add(c, c);
        const cubic = field.fraction(times(fraction(3n), geluCubic));
        return entrywise((n) => {
          const slope = f.add(f.one, f.multiply(cubic, f.multiply(x[n]!, x[n]!)));
          return f.multiply(twice, f.multiply(slope, d(operation.x)[n]!));
        });
      }
      case 'exponential':
        return entrywise((n) => f.multiply(y[n]!, d(operation.x)[n]!));
      case 'logistic':
        // 1 − y = 1/(1 + E)
        return entrywise((n) => {
          const rest = f.subtract(f.one, y[n]!);
          return f.multiply(f.multiply(rest, rest), d(operation.x)[n]!);
        });
      case 'hyperbolic': {
        // 1 − y = 2/(E + 1)
        const half = f.inverse(f.add(f.one, f.one));
        return entrywise((n) => {
          const rest = f.subtract(f.one, y[n]!);
          return f.multiply(f.multiply(half, f.multiply(rest, rest)), d(operation.x)[n]!);
        });
      }
      case 'logarithm':
        return entrywise((n) => f.multiply(of(operation.slope)[n]!, d(operation.x)[n]!));
      case 'product':
        return entrywise((n) => {
          const first = moves(operation.x) ? f.multiply(d(operation.x)[n]!, of(operation.y)[n]!) : f.zero;
          const second = moves(operation.y) ? f.multiply(of(operation.x)[n]!, d(operation.y)[n]!) : f.zero;
          return f.add(first, second);
        });
      case 'center':
        return center(dy, d(operation.x), tensor, field, breath);
      case 'roots': {
        // dr = mean(x·dx)/r
        const { x } = operation;
        const length = program.tensor(x).width;
        const share = f.inverse(field.integer(BigInt(length)));
        for (let i = 0; i < tokens; i++) {
          if (breath.due((length + 64) * f.cost.dot)) await breath.take();
          const mean = f.multiply(share, f.dot(of(x), i * length, 1, d(x), i * length, 1, length));
          dy[i] = f.multiply(mean, f.inverse(y[i]!));
        }
        return;
      }
      case 'normalized': {
        // d(x/(c·r)) = (dx − y·c·dr)/(c·r)
        const inverses = inverseRoots(values, operation);
        const scale = coefficients.residue(operation.factor);
        return entrywise((n) => {
          const i = Math.floor(n / width);
          const lost = f.multiply(y[n]!, f.multiply(scale, d(operation.roots)[i]!));
          return f.multiply(inverses[i]!, f.subtract(d(operation.x)[n]!, lost));
        });
      }
      case 'gain': {
        const { x, weight, bias } = operation;
        const factors = gainFactors(values, operation, width);
        if (moves(x)) await entrywise((n) => f.multiply(factors[n % width]!, d(x)[n]!));
        else dy.fill(f.zero);
        if (weight !== null && direction.changes(weight)) await direction.addEntries(dy, weight, of(x));
        if (bias !== null && direction.changes(bias)) await direction.addEntries(dy, bias, null);
        return;
      }
    }
  }
}

/** The block that holds a parameter: `likely`, or the last that begins at it or before. O(log blocks) */
export function blockOf(
  blocks: readonly { readonly first: number; readonly rows: number; readonly cols: number }[],
  column: number,
  likely: Id,
): Id {
  const guess = blocks[likely];
  if (guess && column >= guess.first && column < guess.first + guess.rows * guess.cols) return likely;
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (blocks[middle]!.first <= column) low = middle;
    else high = middle - 1;
  }
  return low;
}
