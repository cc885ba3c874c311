// Random pairs of weights, judged by the package and by an oracle that knows nothing of it: npm run check:fibres [-- pairs] [seed]
import { applyTransformations, sameFunction } from '../../src/identifiability/index.ts';
import { matricesEqual } from '../../src/exact/exact-matrix.ts';
import { weightsModulo, type Weights } from '../../src/weights/index.ts';
import {
  agree,
  isSoftmax,
  residueOf,
  roundingAt,
  valuesInDoubles,
  valuesModuloP,
} from '../identifiability/oracle.ts';
import {
  randomFrom,
  randomNetwork,
  randomTransformations,
  randomWeights,
  withChangedEntry,
} from '../identifiability/random-weights.ts';

/** Above the degrees of these networks, 27 at most. */
const primes = [101n, 4093n, 2n ** 31n - 1n, 2n ** 61n - 1n, 2n ** 62n - 57n];
const pairs = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);
const counts = new Map<string, number>();
let faults = 0;
const count = (words: string): void => void counts.set(words, (counts.get(words) ?? 0) + 1);
const equal = (a: Weights, b: Weights): boolean =>
  a.matrices.every((matrix, k) => matricesEqual(matrix, b.matrices[k]!));

for (let n = 0; n < pairs; n++) {
  const random = randomFrom(seed * 1_000_003 + n);
  const network = randomNetwork(random);
  const overQ = randomWeights(random, network);
  const prime = isSoftmax(network) || random(3) > 0 ? undefined : primes[random(primes.length)]!;
  const a = prime === undefined ? overQ : weightsModulo(overQ, prime);
  // Doubles, which judge softmax, do not hold long entries.
  const bits = isSoftmax(network) ? 2 : [2, 40, 200][random(3)]!;
  const isOrbit = random(2) === 0;
  const moved = applyTransformations(a, randomTransformations(random, network, bits));
  const b = isOrbit ? moved : withChangedEntry(random, random(2) === 0 ? a : moved, BigInt(1 + random(3)));
  const found = await sameFunction(a, b);
  const kind =
    (prime === undefined ? 'over Q, ' : 'over F_p, ') + (isOrbit ? 'one orbit' : 'one entry changed');
  const fault = (words: string): void => {
    faults++;
    console.log(`pair ${n}: ${words}: ${prime ?? 'Q'}: ${JSON.stringify(network)}`);
    console.log(
      JSON.stringify(
        [a, b].map(({ matrices }) =>
          matrices.map(({ numerators, denominator }) => `${numerators.join(' ')}/${denominator}`),
        ),
      ),
    );
  };
  if (found.same === null) count(`${kind}: undecided`);
  else if (found.same) {
    count(`${kind}: same, ${found.reason}${found.transformations ? ', with a witness' : ''}`);
    if (!agree(a, b, random)) fault(`called the same (${found.reason}), but the oracle sees a difference`);
    if (found.transformations && !equal(applyTransformations(a, found.transformations), b))
      fault('the witness does not lead from a to b');
  } else {
    count(`${kind}: different`);
    const { tokens, token, coordinate, values } = found.difference;
    if (isOrbit) fault('of one orbit, but called different');
    const width = network.layers.reduce(
      (w, layer) => ('outputDim' in layer ? layer.outputDim : w),
      network.inputDim,
    );
    const place = token * width + coordinate;
    for (const [k, side] of [a, b].entries()) {
      const value = values[k]!;
      if ('n' in value) {
        if (isSoftmax(network) || valuesModuloP(side, tokens)[place] !== residueOf(value.n, value.d))
          fault('the exact value is wrong');
      } else if ('residue' in value) {
        if (isSoftmax(network) || valuesModuloP(side, tokens, value.prime)[place] !== value.residue)
          fault('the residue is wrong');
      } else {
        const [lo, hi] = [value.above, value.below].map(({ n, d }) => Number((n * 10n ** 15n) / d) / 1e15);
        const x = valuesInDoubles(side, tokens)[place]!;
        const slack = 1e-7 * (1 + Math.abs(x)) + roundingAt(side, tokens);
        if (x < lo! - slack || x > hi! + slack)
          fault(`the enclosure [${lo}, ${hi}] does not have ${x} in it`);
      }
    }
  }
  if (found.same !== true && isOrbit) fault('of one orbit, but not recognized');
}
for (const [words, number] of [...counts].sort()) console.log(`${String(number).padStart(6)}  ${words}`);
console.log(`${pairs} pairs, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
