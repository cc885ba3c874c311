import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { fraction, type Fraction } from './fraction.ts';
import { argumentTable, endOfKeys, firstKey, noArgument } from './mask.ts';
import type { Input, Point } from './point.ts';
import type { Block, Id, Operation, Program, Tensor } from './program.ts';
import type { Residues } from './residues.ts';
import type { Steps } from './steps.ts';

/** A network at a point, with the values of its tensors at one input. */
export interface Values<E extends number | bigint> {
  readonly program: Program;
  readonly steps: Steps;
  readonly point: Point<E>;
  readonly of: readonly Vector<E>[];
  readonly coefficients: Coefficients<E>;
  /** Of the norm that was computed last, one a token. */
  radicands: Vector<E>;
}

/** 0.044715 */
export const geluCubic: Fraction = fraction(8943n, 200000n);

/** The constants of operations as residues, and the tables of arguments, each made once. */
export class Coefficients<E extends number | bigint> {
  readonly #field: Residues<E>;
  readonly #residues = new Map<string, E>();
  readonly #tables = new Map<string, Int32Array>();

  constructor(field: Residues<E>) {
    this.#field = field;
  }

  residue(text: string): E {
    let residue = this.#residues.get(text);
    if (residue === undefined) {
      const [n, d = '1'] = text.split('/') as [string, string?];
      residue = this.#field.fraction(fraction(BigInt(n), BigInt(d)));
      this.#residues.set(text, residue);
    }
    return residue;
  }

  table({ mask, symmetric }: Extract<Operation, { kind: 'softmax' }>): Int32Array {
    const key = JSON.stringify([mask, symmetric]);
    let table = this.#tables.get(key);
    if (table === undefined) this.#tables.set(key, (table = argumentTable(mask, symmetric)));
    return table;
  }
}

/** Where the coefficient c of gelu-tanh is √(2/π), it is drawn. */
export function geluCoefficient<E extends number | bigint>(values: Values<E>, text: string | null): E {
  return text === null ? values.point.constant! : values.coefficients.residue(text);
}

/** Computes one tensor from those before; false if a denominator vanishes. */
export async function compute<E extends number | bigint>(
  id: Id,
  values: Values<E>,
  input: Input<E>,
  breath: Breath,
): Promise<boolean> {
  const { program, point, coefficients } = values;
  const { field } = point;
  const { f } = field;
  const tensor = program.tensor(id);
  const { operation, tokens, width } = tensor;
  const y = values.of[id]!;
  const of = (operand: Id): Vector<E> => values.of[operand]!;
  const entrywise = (length: number, entry: (n: number) => E): Promise<void> =>
    eachEntry(y, length, f, breath, entry);
  switch (operation.kind) {
    case 'tokens': {
      const drawn = input.draws.get(id)!;
      await entrywise(y.length, (n) => drawn[n]!);
      return true;
    }
    case 'combination': {
      y.fill(f.zero);
      for (const [operand, text] of operation.terms)
        await addMultiple(y, of(operand), coefficients.residue(text), f, breath);
      return true;
    }
    case 'linear': {
      const weight = point.blocks[operation.weight]!;
      y.fill(f.zero);
      await addMapped(
        y,
        of(operation.x),
        weight,
        program.blocks[operation.weight]!,
        operation.transposed,
        tensor,
        f,
        breath,
      );
      if (operation.bias !== null) {
        const bias = point.blocks[operation.bias]!;
        for (let n = 0; n < y.length; n++) y[n] = f.add(y[n]!, bias[n % width]!);
      }
      return true;
    }
    case 'shift': {
      const x = of(operation.x);
      const block = point.blocks[operation.block]!;
      await entrywise(y.length, (n) => f.add(x[n]!, block[n % block.length]!));
      return true;
    }
    case 'rotation':
      await rotate(y, of(operation.x), operation, tensor, point, breath);
      return true;
    case 'scores': {
      const { mask } = operation;
      const [q, k] = [of(operation.q), of(operation.k)];
      const a = program.tensor(operation.q).width;
      for (let i = 0; i < tokens; i++)
        for (let j = firstKey(mask, i), end = endOfKeys(mask, i); j < end; j++) {
          if (breath.due(a * f.cost.dot)) await breath.take();
          y[i * width + j] = f.dot(q, i * a, 1, k, j * a, 1, a);
        }
      return true;
    }
    case 'softmax': {
      const { mask } = operation;
      const table = coefficients.table(operation);
      const units = input.draws.get(id);
      for (let i = 0; i < tokens; i++) {
        const end = endOfKeys(mask, i);
        let sum = f.zero;
        for (let j = firstKey(mask, i); j < end; j++) {
          const argument = table[i * width + j]!;
          // A single visible key has weight 1, whatever its exponential is.
          y[i * width + j] = argument === noArgument ? f.one : units![argument]!;
          sum = f.add(sum, y[i * width + j]!);
        }
        if (sum === f.zero) return false;
        const inverse = f.inverse(sum);
        for (let j = firstKey(mask, i); j < end; j++)
          y[i * width + j] = f.multiply(y[i * width + j]!, inverse);
        if (breath.due((end + 64) * f.cost.dot)) await breath.take();
      }
      return true;
    }
    case 'mix': {
      const { mask } = operation;
      const [weights, v] = [of(operation.weights), of(operation.v)];
      for (let i = 0; i < tokens; i++) {
        const first = firstKey(mask, i);
        const count = endOfKeys(mask, i) - first;
        for (let c = 0; c < width; c++) {
          if (breath.due(count * f.cost.dot)) await breath.take();
          y[i * width + c] = f.dot(weights, i * mask.keys + first, 1, v, first * width + c, width, count);
        }
      }
      return true;
    }
    case 'power': {
      const x = of(operation.x);
      await entrywise(y.length, (n) => field.power(x[n]!, BigInt(operation.exponent)));
      return true;
    }
    case 'geluArgument': {
      const x = of(operation.x);
      const c = geluCoefficient(values, operation.coefficient);
      const twice = f.add(c, c);
      const cubic = field.fraction(geluCubic);
      await entrywise(y.length, (n) => {
        const z = x[n]!;
        const inner = f.add(f.one, f.multiply(cubic, f.multiply(z, z)));
        return f.multiply(twice, f.multiply(z, inner));
      });
      return true;
    }
    case 'exponential': {
      const factors = values.steps.exponentials
        .get(id)!
        .factors.map(({ basis, power }) => [input.draws.get(values.steps.basis[basis]!)!, power] as const);
      await entrywise(y.length, (n) =>
        factors.reduce(
          (product, [units, power]) => f.multiply(product, field.power(units[n]!, power)),
          f.one,
        ),
      );
      return true;
    }
    case 'logistic':
    case 'hyperbolic': {
      const x = of(operation.x);
      const minus = operation.kind === 'hyperbolic' ? f.one : f.zero;
      let vanishes = false;
      await entrywise(y.length, (n) => {
        const denominator = f.add(f.one, x[n]!);
        if (denominator === f.zero) {
          vanishes = true;
          return f.zero;
        }
        return f.multiply(f.subtract(x[n]!, minus), f.inverse(denominator));
      });
      return !vanishes;
    }
    case 'logarithm': {
      const drawn = input.draws.get(id)!;
      await entrywise(y.length, (n) => drawn[n]!);
      return true;
    }
    case 'product': {
      const [x, z] = [of(operation.x), of(operation.y)];
      await entrywise(y.length, (n) => f.multiply(x[n]!, z[n]!));
      return true;
    }
    case 'center': {
      const x = of(operation.x);
      await center(y, x, tensor, field, breath);
      return true;
    }
    case 'roots': {
      const x = of(operation.x);
      const d = program.tensor(operation.x).width;
      const share = f.inverse(field.integer(BigInt(d)));
      const epsilon = coefficients.residue(operation.epsilon);
      values.radicands = f.zeros(tokens);
      for (let i = 0; i < tokens; i++) {
        if (breath.due((d + 512) * f.cost.dot)) await breath.take();
        const mean = f.multiply(share, f.dot(x, i * d, 1, x, i * d, 1, d));
        const radicand = f.add(mean, epsilon);
        values.radicands[i] = radicand;
        y[i] = field.isSquare(radicand) && radicand !== f.zero ? field.root(radicand) : f.zero;
      }
      return true;
    }
    case 'normalized': {
      const x = of(operation.x);
      const inverses = inverseRoots(values, operation);
      await entrywise(y.length, (n) => f.multiply(inverses[Math.floor(n / width)]!, x[n]!));
      return true;
    }
    case 'gain': {
      const x = of(operation.x);
      const factors = gainFactors(values, operation, width);
      const bias = operation.bias === null ? null : point.blocks[operation.bias]!;
      await entrywise(y.length, (n) => {
        const scaled = f.multiply(factors[n % width]!, x[n]!);
        return bias === null ? scaled : f.add(scaled, bias[n % width]!);
      });
      return true;
    }
  }
}

/** Writes y[n] for all n, with pauses. */
export async function eachEntry<E>(
  y: Vector<E>,
  length: number,
  f: Arithmetic<E>,
  breath: Breath,
  entry: (n: number) => E,
): Promise<void> {
  for (let n = 0; n < length;) {
    const end = Math.min(length, n + 1024);
    if (breath.due((end - n) * 8 * f.cost.dot)) await breath.take();
    for (; n < end; n++) y[n] = entry(n);
  }
}

/** y += factor·x. */
export async function addMultiple<E>(
  y: Vector<E>,
  x: Vector<E>,
  factor: E,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<void> {
  await eachEntry(y, y.length, f, breath, (n) =>
    f.add(y[n]!, factor === f.one ? x[n]! : f.multiply(factor, x[n]!)),
  );
}

/** y += W·x or Wᵀ·x for every token. */
export async function addMapped<E>(
  y: Vector<E>,
  x: Vector<E>,
  weight: Vector<E>,
  { rows, cols }: Block,
  transposed: boolean,
  { tokens, width }: Tensor,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<void> {
  if (breath.due(tokens * rows * cols * f.cost.dot)) await breath.take();
  const [length, rowStep, colStep] = transposed ? [rows, 1, cols] : [cols, cols, 1];
  f.addMapped(y, x, weight, { tokens, width, length, rowStep, colStep });
}

/** Turns the coordinates (2m, 2m + 1), m < dim/2, of every token by the angles of its position. */
export async function rotate<E extends number | bigint>(
  y: Vector<E>,
  x: Vector<E>,
  { base, dim }: { readonly base: number; readonly dim: number },
  { tokens, width }: Tensor,
  point: Point<E>,
  breath: Breath,
): Promise<void> {
  const { f } = point.field;
  const { cos, sin } = point.rotations.get(`${base} ${dim}`)!;
  for (let i = 0; i < tokens; i++) {
    if (breath.due(width * 4 * f.cost.dot)) await breath.take();
    for (let m = 0; m < dim / 2; m++) {
      const turn = (i * dim) / 2 + m;
      const c: E = cos[turn]!;
      const s: E = sin[turn]!;
      const at = i * width + 2 * m;
      const u: E = x[at]!;
      const v: E = x[at + 1]!;
      y[at] = f.subtract(f.multiply(u, c), f.multiply(v, s));
      y[at + 1] = f.add(f.multiply(u, s), f.multiply(v, c));
    }
    for (let r = dim; r < width; r++) y[i * width + r] = x[i * width + r]!;
  }
}

/** y = x − mean(x) for every token. */
export async function center<E extends number | bigint>(
  y: Vector<E>,
  x: Vector<E>,
  { tokens, width }: Tensor,
  field: Residues<E>,
  breath: Breath,
): Promise<void> {
  const { f } = field;
  const share = f.inverse(field.integer(BigInt(width)));
  for (let i = 0; i < tokens; i++) {
    if (breath.due(width * 2 * f.cost.dot)) await breath.take();
    let total = f.zero;
    for (let r = 0; r < width; r++) total = f.add(total, x[i * width + r]!);
    const mean = f.multiply(share, total);
    for (let r = 0; r < width; r++) y[i * width + r] = f.subtract(x[i * width + r]!, mean);
  }
}

/** 1/(factor·root) for every token. */
export function inverseRoots<E extends number | bigint>(
  values: Values<E>,
  { roots, factor }: Extract<Operation, { kind: 'normalized' }>,
): E[] {
  const { f } = values.point.field;
  const scale = values.coefficients.residue(factor);
  return Array.from({ length: values.of[roots]!.length }, (_, i) =>
    f.inverse(f.multiply(scale, values.of[roots]![i]!)),
  );
}

/** γ, 1 + γ or 1, entry by entry. */
export function gainFactors<E extends number | bigint>(
  { point }: Values<E>,
  { weight, unitOffset }: Extract<Operation, { kind: 'gain' }>,
  width: number,
): E[] {
  const { f } = point.field;
  return Array.from({ length: width }, (_, r) => {
    if (weight === null) return f.one;
    const gamma = point.blocks[weight]![r]!;
    return unitOffset ? f.add(f.one, gamma) : gamma;
  });
}
