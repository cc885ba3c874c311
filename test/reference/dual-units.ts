/* What is drawn at which step: docs/point.md, "Units of functions" and "Redrawing". */
import { divide, floor, fraction, multiply, subtract, zero, type Fraction } from '../../src/fraction.ts';
import { keyOf, softmaxArguments, softmaxPairs, type Combination, type Tensor } from './dual-tensors.ts';

/** The units of the exponentials of functions. */
export interface FunctionUnits {
  /** The exponentials whose arguments e_1, e_2, … are no combinations of the ones before: at them units are drawn. */
  readonly steps: readonly Tensor[];
  /** The integers n_k with u = Σ n_k b_k. */
  exponents(u: Combination): readonly bigint[];
}

/** The coefficients c with u = Σ c_k e_k, for independent e_k; null if there are none. */
function coordinates(basis: readonly Combination[], u: Combination): Fraction[] | null {
  const tensors = new Set([...basis, u].flatMap((x) => x.terms.map(({ tensor }) => tensor)));
  const coefficient = (x: Combination, of: Tensor): Fraction =>
    x.terms.find(({ tensor }) => tensor === of)?.coefficient ?? zero;
  // One equation a tensor; the last entry is the right-hand side.
  let rows = [...tensors].map((tensor) => [...basis, u].map((x) => coefficient(x, tensor)));
  const solved: Fraction[][] = [];
  for (let k = 0; k < basis.length; k++) {
    const pivot = rows.find((row) => row[k]!.n !== 0n)!;
    const unit = pivot.map((entry) => divide(entry, pivot[k]!));
    const eliminate = (row: Fraction[]): Fraction[] =>
      row.map((entry, c) => subtract(entry, multiply(row[k]!, unit[c]!)));
    rows = rows.filter((row) => row !== pivot).map(eliminate);
    solved.splice(0, k, ...solved.map(eliminate));
    solved.push(unit);
  }
  if (rows.some((row) => row.at(-1)!.n !== 0n)) return null;
  return solved.map((row) => row.at(-1)!);
}

/** The Hermite normal form, lower triangular, of the lattice of rank m that `vectors` in Q^m generate. */
function hermiteBasis(vectors: readonly (readonly Fraction[])[], m: number): Fraction[][] {
  const common = vectors.flat().reduce((product, { d }) => product * d, 1n);
  let rows = vectors.map((vector) => vector.map(({ n, d }) => n * (common / d)));
  const without = (x: bigint[], factor: bigint, y: bigint[]): bigint[] =>
    x.map((entry, c) => entry - factor * y[c]!);
  const size = (x: bigint): bigint => (x < 0n ? -x : x);
  const basis: bigint[][] = [];
  for (let k = m - 1; k >= 0; k--) {
    // Euclid's algorithm on column k.
    for (;;) {
      const candidates = rows.filter((row) => row[k] !== 0n);
      const pivot = candidates.reduce((x, y) => (size(y[k]!) < size(x[k]!) ? y : x));
      if (candidates.length === 1) {
        basis[k] = pivot[k]! < 0n ? pivot.map((entry) => -entry) : pivot;
        rows = rows.filter((row) => row !== pivot);
        break;
      }
      rows = rows.map((row) => (row === pivot ? row : without(row, row[k]! / pivot[k]!, pivot)));
    }
  }
  for (let k = 0; k < m; k++) {
    for (let j = k - 1; j >= 0; j--) {
      basis[k] = without(basis[k]!, floor(fraction(basis[k]![j]!, basis[j]![j]!)), basis[j]!);
    }
  }
  return basis.map((row) => row.map((entry) => fraction(entry, common)));
}

export function functionUnits(tensors: readonly Tensor[]): FunctionUnits {
  const exponentials = tensors.filter(({ operation }) => operation.kind === 'exponential');
  const steps: Tensor[] = [];
  const basis = (): Combination[] => steps.map((step) => step.operands[0]!);
  for (const step of exponentials) {
    if (coordinates(basis(), step.operands[0]!) === null) steps.push(step);
  }
  const m = steps.length;
  const inBasis = (u: Combination): Fraction[] => coordinates(basis(), u)!;
  const lattice = hermiteBasis(
    exponentials.map((step) => inBasis(step.operands[0]!)),
    m,
  );
  return {
    steps,
    exponents(u) {
      let rest = inBasis(u);
      const exponents: bigint[] = [];
      for (let k = m - 1; k >= 0; k--) {
        const n = divide(rest[k]!, lattice[k]![k]!);
        if (n.d !== 1n) throw new Error(`${keyOf(u)} is not in the lattice`);
        exponents[k] = n.n;
        rest = rest.map((entry, j) => subtract(entry, multiply(n, lattice[k]![j]!)));
      }
      return exponents;
    },
  };
}

/** The tensors at which something is drawn: tokens, context, units of a softmax or of an exponential, logarithms of softplus; in this order. */
export function sourcesOf(tensors: readonly Tensor[], units: FunctionUnits): Tensor[] {
  return tensors.filter((tensor) => {
    const { kind } = tensor.operation;
    if (kind === 'softmax') return softmaxArguments(tensor).length > 0;
    return kind === 'tokens' || kind === 'context' || kind === 'logarithm' || units.steps.includes(tensor);
  });
}

/** How the values of x depend on what was drawn at a source: not at all, token i through token i only, or otherwise. */
export type Dependence = 'none' | 'token by token' | 'mixed';

const strongest = (list: readonly Dependence[]): Dependence =>
  list.includes('mixed') ? 'mixed' : list.includes('token by token') ? 'token by token' : 'none';

export function dependence(x: Combination, source: Tensor, units: FunctionUnits): Dependence {
  return strongest(x.terms.map(({ tensor }) => tensorDependence(tensor, source, units)));
}

function tensorDependence(tensor: Tensor, source: Tensor, units: FunctionUnits): Dependence {
  const of = (operand: number): Dependence => dependence(tensor.operands[operand]!, source, units);
  const atMostMixed = (found: Dependence): Dependence => (found === 'none' ? 'none' : 'mixed');
  switch (tensor.operation.kind) {
    case 'tokens':
    case 'context':
    case 'logarithm':
      return tensor === source ? 'token by token' : 'none';
    case 'softmax': {
      // The weights are made of units alone; a unit that two queries share is drawn at one of them.
      const shared = softmaxPairs(tensor).some(({ pair, first }) => pair[0] !== first[0]);
      return tensor !== source ? 'none' : shared ? 'mixed' : 'token by token';
    }
    case 'exponential': {
      const n = units.exponents(tensor.operands[0]!);
      return n.some((exponent, k) => exponent !== 0n && units.steps[k] === source)
        ? 'token by token'
        : 'none';
    }
    case 'scores':
    case 'mixture':
      return strongest([of(0), atMostMixed(of(1))]);
    default:
      return strongest(tensor.operands.map((_, operand) => of(operand)));
  }
}
