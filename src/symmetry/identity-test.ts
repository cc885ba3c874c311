import { residueOfFraction } from '../field/fraction.ts';
import { LargePrimeField } from '../field/large-prime-field.ts';
import { NetworkJacobian } from '../jacobian/network-jacobian.ts';
import { Kernel } from '../kernel/kernel.ts';
import { lcm } from '../fraction.ts';
import { multiply } from '../matrix/index.ts';
import { drawPrime, probabilityOfZero } from '../monte-carlo/random-prime.ts';
import { derivativeSize } from '../monte-carlo/size.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { Point } from '../point/point.ts';
import type { RationalField } from './linear-field.ts';
import { hold, type Fixed } from './sample.ts';

/** Which fields change no value of the network. */
export interface IdentityTest {
  readonly prime: string;
  /** The fields whose derivative vanished at a random point modulo the prime. */
  readonly passed: readonly boolean[];
  /**
   * Bounds the probability that any of those that passed is no symmetry, over the random choice of the prime and the point; null where no
   * bound is known (norms).
   */
  readonly errorProbability: number | null;
}

/**
 * Tests J(θ)·g(θ) = 0 for vector fields g over Q at one random point and input modulo a random prime (Schwartz 1980, Zippel 1979): a derivative that is
 * not 0 vanishes with the probability of a zero of its numerator, at most.
 */
export function testIdentities(
  graph: NetworkGraph,
  fields: readonly RationalField[],
  seed: string,
  fixed: Fixed = new Map(),
): IdentityTest {
  const field = new LargePrimeField(drawPrime(`symmetries/${seed}`));
  const { prime } = field;
  const point = new Point<bigint>(graph, field, seed);
  hold(point.theta, fixed);
  const theta = [...point.theta, 1n];
  const { parameters } = graph;
  // A column a field.
  const data = new BigUint64Array(parameters * fields.length);
  for (const [k, moves] of fields.entries())
    for (const [to, from, coefficient] of moves) {
      const at = to * fields.length + k;
      data[at] = field.add(data[at]!, field.multiply(residueOfFraction(field, coefficient), theta[from]!));
    }
  const derivatives = multiply(jacobianAt(point), { rows: parameters, cols: fields.length, data }, prime);
  const passed = fields.map(() => true);
  derivatives.data.forEach((value, index) => {
    if (BigInt(value) !== 0n) passed[index % fields.length] = false;
  });
  const bound = derivativeSize(graph, Math.max(0, ...fields.map(bitsOf)));
  const each = bound && probabilityOfZero(bound);
  return {
    prime: String(prime),
    passed,
    errorProbability: each === null ? null : Math.min(1, fields.length * each),
  };
}

/** All rows of the Jacobian at the first input that need not be skipped. */
function jacobianAt(point: Point<bigint>) {
  const kernel = Kernel.create(point.field.prime);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  for (const input of point.inputs(4096)) {
    if (!jacobian.evaluate(input)) continue;
    const at = kernel.allocate(rowsPerInput * columns);
    const outputs = Array.from({ length: rowsPerInput }, (_, output) => output);
    jacobian.write(outputs, { at, rowStride: columns });
    return { rows: rowsPerInput, cols: columns, data: kernel.read(at, rowsPerInput * columns) };
  }
  throw new RangeError(`network: expected inputs modulo ${point.field.prime} where it is defined, got none`);
}

/** log₂ of the largest sum of absolute values in a row, with denominators cleared. */
function bitsOf(moves: RationalField): number {
  const denominator = moves.reduce((common, [, , { d }]) => lcm(common, d), 1n);
  const sums = new Map<number, bigint>();
  for (const [to, , { n, d }] of moves) {
    const cleared = (n < 0n ? -n : n) * (denominator / d);
    sums.set(to, (sums.get(to) ?? 0n) + cleared);
  }
  return Math.log2(Math.max(1, ...[...sums.values()].map(Number)));
}
