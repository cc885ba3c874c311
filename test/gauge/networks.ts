import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';

const network = (inputDim: number, sequenceLength: number, ...layers: object[]): Network =>
  parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength, layers });

const lightning = (fields: object): object => ({
  kind: 'attention',
  normalization: 'none',
  headDim: 2,
  ...fields,
});
const softmax = (fields: object): object => ({ ...lightning({}), normalization: 'softmax', ...fields });
const linear = (outputDim: number, fields: object = {}): object => ({ kind: 'linear', outputDim, ...fields });
const residual = (...layers: object[]): object => ({ kind: 'residual', layers });
const rmsnorm = { kind: 'rmsnorm' };
const layernorm = { kind: 'layernorm', bias: true };

/** A block as in llama, and one as in GPT-2. */
export const llamaBlock = (width: number): object[] => [
  residual(
    rmsnorm,
    softmax({
      numHeads: 2,
      numKeyValueHeads: 1,
      headDim: width / 2,
      valueDim: width / 2,
      causal: true,
      rotary: { base: 10000 },
    }),
  ),
  residual(rmsnorm, { kind: 'gated', function: 'silu', hiddenDim: 2 * width }),
];
export const gptBlock = (width: number): object[] => [
  residual(
    layernorm,
    softmax({ numHeads: 2, headDim: width / 2, valueDim: width / 2, causal: true, bias: true }),
  ),
  residual(
    layernorm,
    linear(2 * width, { bias: true }),
    { kind: 'activation', function: 'gelu-tanh' },
    linear(width, { bias: true }),
  ),
];

/** Networks in which every known symmetry occurs. */
export const networks: readonly Network[] = [
  network(4, 3, lightning({ numHeads: 2, numKeyValueHeads: 1, valueDim: 2 })),
  network(3, 2, lightning({ numHeads: 3, headDim: 3 })),
  network(3, 2, lightning({ numHeads: 2, headDim: 3, outputDim: 1 })),
  network(2, 3, lightning({ numHeads: 3, headDim: 1, outputDim: 4, valueDim: 2 })),
  network(3, 1, lightning({ numHeads: 2, headDim: 4, outputDim: 5 })),
  network(3, 2, lightning({ headDim: 1 }), lightning({ headDim: 2 }), softmax({ headDim: 2 })),
  network(
    2,
    3,
    residual(lightning({ numHeads: 2, valueDim: 3 })),
    residual(lightning({ numHeads: 2, headDim: 3, valueDim: 3 })),
  ),
  network(
    1,
    2,
    lightning({ numHeads: 3, headDim: 1, outputDim: 4 }),
    lightning({ numHeads: 2, headDim: 1, outputDim: 2 }),
  ),
  network(4, 3, softmax({ bias: true, outputDim: 2 }), softmax({ bias: true, numHeads: 2, valueDim: 2 })),
  network(3, 2, softmax({ outputDim: 5 }), linear(2), linear(4, { bias: true })),
  network(4, 3, ...llamaBlock(4), ...llamaBlock(4)),
  network(5, 3, linear(4), { kind: 'positions' }, ...gptBlock(4), layernorm, linear(5)),
  network(
    5,
    3,
    linear(4, { label: 'embedding' }),
    ...gptBlock(4),
    layernorm,
    linear(5, { tiedTo: 'embedding', transposed: true }),
  ),
  network(4, 2, layernorm, linear(4), { kind: 'layernorm' }, linear(3)),
  network(3, 1, linear(4, { bias: true }), { kind: 'activation', function: 'exp' }, linear(2)),
  network(3, 1, linear(4, { bias: true }), { kind: 'power', exponent: 2 }, linear(1)),
  network(3, 1, { kind: 'gated', function: 'identity', hiddenDim: 4 }),
  network(
    3,
    2,
    softmax({ headDim: 2 }),
    linear(8, { bias: true }),
    { kind: 'power', exponent: 2 },
    linear(3),
  ),
  network(3, 2, residual(rmsnorm, { kind: 'gated', function: 'identity', hiddenDim: 8, bias: true })),
  network(4, 2, linear(4), residual(rmsnorm, linear(4)), { kind: 'rmsnorm', unitOffset: true }, linear(4)),
];
