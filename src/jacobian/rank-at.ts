import { primeField } from '../field/any-prime.ts';
import { residueVector, type Residue, type ResidueArray } from '../field/residue.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { Point } from '../point/point.ts';
import { NetworkJacobian } from './network-jacobian.ts';

/** Inputs in a row that add nothing, after which the rank counts as stable. */
const idleInputs = 2;

/**
 * The rank over F_p of the Jacobian [∂f_θ(X_s)/∂θ] of a polynomial network at these parameters, residues modulo `prime`, and random inputs: a lower bound of
 * the rank of the differential of θ ↦ f_θ there, over F_p and over Q for rational parameters with these residues. Complete inputs are added until the rank
 * reaches `bound`, or stays.
 *
 * Not checked: that the network is polynomial. O(rank · rows · parameters).
 */
export async function jacobianRankAt(
  graph: NetworkGraph,
  prime: bigint,
  parameters: readonly bigint[],
  seed: string,
  bound: number,
  pace: Pace,
): Promise<number> {
  const field = primeField(prime);
  const theta = residueVector(field.prime, parameters.length);
  for (const [k, x] of parameters.entries()) theta[k] = typeof field.prime === 'number' ? Number(x) : x;
  const kernel = Kernel.create(field.prime);
  const point = new Point<Residue>(graph, field, seed, theta as ResidueArray<Residue>);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  const outputs = Array.from({ length: rowsPerInput }, (_, output) => output);
  const echelon = new Echelon<Residue>(kernel, columns, bound);
  let idle = 0;
  for (const input of point.inputs(Infinity)) {
    const before = echelon.rank;
    await pace.pause('Jacobian', before, bound);
    jacobian.evaluate(input);
    jacobian.write(outputs, echelon.openBatch(rowsPerInput));
    while (!echelon.step()) await pace.pause('elimination', before, bound);
    idle = echelon.rank > before ? 0 : idle + 1;
    if (idle === idleInputs || echelon.rank >= bound) break;
  }
  return echelon.rank;
}
