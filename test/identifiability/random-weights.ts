import { network, parameterBlocks, type Layer, type Network } from '../../src/network/index.ts';
import type { RationalMatrix } from '../../src/rational/index.ts';
import { weights, type Weights } from '../../src/weights/index.ts';
import { applyTransformations, type Transformation } from '../../src/identifiability/index.ts';

/** Uniform in 0 … below − 1, from a seed (xorshift). */
export function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

export type Random = (below: number) => number;

/** A matrix of small integers: mostly full, sometimes 0, of rank 1, symmetric or skew. */
export function randomMatrix(random: Random, rows: number, cols: number, size = 3): RationalMatrix {
  const entry = (): bigint => BigInt(random(2 * size + 1) - size);
  const numerators = Array.from({ length: rows * cols }, entry);
  const kind = random(12);
  if (kind === 0) numerators.fill(0n);
  if (kind === 1) {
    const [u, v] = [Array.from({ length: rows }, entry), Array.from({ length: cols }, entry)];
    numerators.forEach((_, e) => (numerators[e] = u[Math.floor(e / cols)]! * v[e % cols]!));
  }
  if (kind === 2 && rows === cols)
    numerators.forEach((x, e) => {
      const [i, j] = [Math.floor(e / cols), e % cols];
      if (i >= j) numerators[e] = i === j ? 0n : -numerators[j * cols + i]! + 0n * x;
    });
  if (kind === 3 && rows > 1) for (let j = 0; j < cols; j++) numerators[j] = numerators[cols + j]!;
  return { rows, cols, numerators, denominator: 1n };
}

/** Small integers in special positions; sometimes a head has the scores of the first one, and a stack of two layers scores (B, J). */
export function randomWeights(random: Random, network: Network): Weights {
  const blocks = parameterBlocks(network);
  const matrices = blocks.map(({ rows, cols }) => randomMatrix(random, rows, cols));
  if (random(4) === 0)
    for (const [k, { path, name, head }] of blocks.entries()) {
      const first = blocks.findIndex(
        (block) => block.path === path && block.name === name && block.head === 0,
      );
      if ((name === 'Q' || name === 'K') && head === 1) matrices[k] = matrices[first]!;
    }
  const [one, two] = network.layers;
  if (random(4) === 0 && network.inputDim === 2 && one?.kind === 'attention' && two?.kind === 'attention')
    for (const [k, { name, rows, cols, layer }] of blocks.entries()) {
      if (rows !== 2 || cols !== 2) continue;
      if (name === 'K' || (name === 'V' && layer === 0))
        matrices[k] = { ...matrices[k]!, numerators: [1n, 0n, 0n, 1n] };
      if (name === 'Q' && layer === 1) matrices[k] = { ...matrices[k]!, numerators: [0n, 1n, -1n, 0n] };
    }
  return weights(network, matrices);
}

/** Large entries, none of them 0 or 1: generic with all but certainty. */
export function genericWeights(shape: Network, seed: number): Weights {
  const random = randomFrom(seed);
  const matrices = randomWeights(random, shape).matrices.map(({ rows, cols }): RationalMatrix => ({
    rows,
    cols,
    numerators: Array.from({ length: rows * cols }, () => BigInt(random(2 ** 30)) + 10n),
    denominator: 1n,
  }));
  return weights(shape, matrices);
}

/** A layer of the shape of GPT-2's: 64 wide, 4 heads, biases. */
export const gpt2Layer = network({
  inputDim: 64,
  sequenceLength: 4,
  layers: [
    {
      kind: 'attention',
      normalization: 'softmax',
      causal: true,
      numHeads: 4,
      headDim: 16,
      valueDim: 16,
      outputDim: 64,
      bias: { query: true, key: true, value: true, output: true },
    },
  ],
});

/** Of integers, row by row. */
export function matrixOf(rows: readonly (readonly number[])[]): RationalMatrix {
  return {
    rows: rows.length,
    cols: rows[0]!.length,
    numerators: rows.flat().map(BigInt),
    denominator: 1n,
  };
}

/** Of determinant ±1, with entries up to 2^bits. */
export function randomBasis(random: Random, order: number, bits = 2): RationalMatrix {
  const numerators = Array.from({ length: order ** 2 }, (_, e) => BigInt(e % (order + 1) === 0 ? 1 : 0));
  const large = (): bigint => {
    let x = 0n;
    for (let drawn = 0; drawn < bits; drawn += 30) x = (x << 30n) | BigInt(random(2 ** 30));
    return BigInt.asIntN(bits, x);
  };
  for (let step = 0; step < 2 * order; step++) {
    const [i, j] = [random(order), random(order)];
    if (i === j) {
      for (let k = 0; k < order; k++) numerators[i * order + k] = -numerators[i * order + k]!;
      continue;
    }
    const factor = large();
    for (let k = 0; k < order; k++) numerators[i * order + k]! += factor * numerators[j * order + k]!;
  }
  return { rows: order, cols: order, numerators, denominator: 1n };
}

const families = ['lightning', 'softmax', 'mixed', 'heads', 'softmax heads', 'block'] as const;

/** A small network of single heads, of one layer of several, or of residual blocks. */
export function randomNetwork(random: Random): Network {
  const family = families[random(families.length)]!;
  const inputDim = 1 + random(3);
  const sequenceLength = 1 + random(3);
  const layers: Layer[] = [];
  const normalizationOf = (): 'none' | 'softmax' =>
    family.startsWith('softmax') || (family === 'mixed' && random(2) === 0) ? 'softmax' : 'none';
  const shared = { ...(random(3) === 0 && { causal: true }) };
  if (family.endsWith('heads')) {
    const numHeads = 1 + random(3);
    const valueDim = random(2) === 0 ? {} : { valueDim: 1 + random(3) };
    const bias = random(3) === 0 ? { bias: true } : {};
    const grouped = 'valueDim' in valueDim && random(3) === 0 ? { numKeyValueHeads: 1 } : {};
    const window = random(5) === 0 ? { window: 1 + random(2) } : {};
    layers.push({
      kind: 'attention',
      normalization: normalizationOf(),
      numHeads,
      headDim: 1 + random(3),
      outputDim: 1 + random(3),
      ...shared,
      ...valueDim,
      ...bias,
      ...grouped,
      ...window,
    } as Layer);
  } else if (family === 'block') {
    const attention = {
      kind: 'attention',
      normalization: 'none',
      numHeads: 1 + random(2),
      headDim: 1 + random(2),
    };
    layers.push(
      {
        kind: 'residual',
        layers: [{ ...attention, valueDim: 1 + random(2), outputDim: inputDim, ...shared }],
      } as unknown as Layer,
      { kind: 'linear', outputDim: 2, bias: true },
      { kind: 'power', exponent: 2 },
      { kind: 'linear', outputDim: 1 },
    );
  } else {
    const depth = 1 + random(3);
    for (let i = 0; i < depth; i++)
      layers.push({
        kind: 'attention',
        normalization: normalizationOf(),
        headDim: 1 + random(3),
        outputDim: 1 + random(3),
        ...(random(4) === 0 && { valueDim: 1 + random(3) }),
        ...shared,
      } as Layer);
  }
  return network({ inputDim, sequenceLength, layers } as Parameters<typeof network>[0]);
}

/** Random transformations of the layers at the top, all kinds that fit. */
export function randomTransformations(random: Random, { layers }: Network, bits = 2): Transformation[] {
  const steps: Transformation[] = [];
  layers.forEach((layer, index) => {
    if (layer.kind !== 'attention') return;
    const path = `layers[${index}]`;
    const heads = layer.numHeads ?? 1;
    const groups = layer.numKeyValueHeads ?? heads;
    for (let group = 0; group < groups; group++) {
      if (random(3) > 0)
        steps.push({ kind: 'query-key', path, group, matrix: randomBasis(random, layer.headDim, bits) });
      if (layer.valueDim !== undefined && random(3) > 0)
        steps.push({ kind: 'value-output', path, group, matrix: randomBasis(random, layer.valueDim, bits) });
      if (layer.normalization === 'none' && random(3) > 0)
        steps.push({
          kind: 'rescale',
          path,
          group,
          factor: { n: [-3n, -1n, 2n, 5n][random(4)]!, d: [1n, 7n][random(2)]! },
        });
    }
    if (groups === heads && heads > 1 && random(2) === 0) {
      const order = Array.from({ length: heads }, (_, head) => (head + 1) % heads);
      steps.push({ kind: 'permute-heads', path, order });
    }
    if (layers[index + 1]?.kind === 'attention' && random(3) > 0)
      steps.push({ kind: 'interface', path, matrix: randomBasis(random, layer.outputDim, bits) });
  });
  return steps;
}

/** One entry changed. */
export function withChangedEntry(random: Random, { network, matrices, prime }: Weights, by = 1n): Weights {
  const filled = matrices.flatMap((matrix, k) => (matrix.numerators.length > 0 ? [k] : []));
  const chosen = filled[random(filled.length)]!;
  const place = random(matrices[chosen]!.numerators.length);
  const changed = matrices.map((matrix, k) =>
    k === chosen
      ? {
          ...matrix,
          numerators: matrix.numerators.map((x, e) => (e === place ? x + by * matrix.denominator : x)),
        }
      : matrix,
  );
  return weights(network, changed, prime);
}

export { applyTransformations };
