import { isZeroMatrix, type ExactMatrix } from '../exact/exact-matrix.ts';
import { certify, type Certificate, type CertifyOptions } from '../certificate/index.ts';
import type { AttentionLayer, Network } from '../network/format.ts';
import { groupCount, headCount } from '../network/layers/attention.ts';
import { parameterBlocks, parameterCount, walkLayers } from '../network/parameters.ts';
import { rankOverQ } from '../rational/index.ts';
import { sha256Hex } from '../sha256.ts';
import { flattened } from './flattened.ts';
import { visibleKeys } from './head-forms.ts';
import { knownDirections, type KnownDirection } from './known-directions.ts';
import { pathBehind } from './parameters.ts';
import type { Transformation } from './transformation.ts';

/** A factor of the group that is known to act on the weights without changing the function. */
export interface GroupFactor {
  readonly kind: Transformation['kind'];
  /** The attention layer; of `interface` the one that writes. */
  readonly path: string;
  /** Of keys and values; absent for `permute-heads` and `interface`. */
  readonly group?: number;
  /** `GL(2)`, `R^*`, `R^3`, `S_4`; of `unread` at generic weights */
  readonly name: string;
}

/** The fibre of the parametrization through generic weights. */
export interface GenericFibre {
  readonly parameters: number;
  /** Parameters less the dimension of the function space, both bounds proved by the certificate. */
  readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  readonly group: readonly GroupFactor[];
  /** Of the orbits of the group through the weights that were tried, so at least of generic ones. */
  readonly orbitDimension: number;
  /** Do generic orbits fill the fibre up to dimension? Then weights are identifiable, locally, up to the group. */
  readonly isExplained: boolean;
  /** Connected components of a generic fibre over R; null where that is not known. */
  readonly components: bigint | null;
  readonly certificate: Certificate;
}

/**
 * The generic fibre of a network: its dimension, with a certificate; the known group; whether that explains it; and its components for one layer of attention.
 *
 * Takes the options of `certify`, and as much time, and an elimination over Q of the group's directions. docs/identifiability.md, "Generic fibres".
 */
export async function genericFibre(network: Network, options: CertifyOptions = {}): Promise<GenericFibre> {
  const { certificate } = await certify(network, options);
  const { parameters, claim } = { parameters: parameterCount(network), claim: certificate.claim };
  const directions = [...knownDirections({ network, matrices: someWeights(network) })];
  const orbitDimension =
    directions.length === 0
      ? 0
      : rankOverQ({
          rows: directions.length,
          cols: parameters,
          data: directions.flatMap(({ direction }) => flattened(direction)),
        });
  const dimension = { lower: parameters - claim.upper, upper: parameters - claim.lower, exact: claim.exact };
  return {
    parameters,
    dimension,
    group: [...groupOfNetwork(network), ...unreadFactors(network, directions)],
    orbitDimension,
    isExplained: claim.exact && orbitDimension === dimension.lower,
    components: componentsOf(network),
    certificate,
  };
}

/** Integers that nobody chose: generic with all but certainty, and no more is claimed. */
function someWeights(network: Network): ExactMatrix[] {
  let word = 0;
  let bits = '';
  const next = (): bigint => {
    if (bits.length < 6) bits = sha256Hex(`dimcert/1/generic/${word++}`);
    const entry = BigInt(`0x${bits.slice(0, 6)}`) - 2n ** 23n;
    bits = bits.slice(6);
    return entry;
  };
  return parameterBlocks(network).map(({ rows, cols }) => ({
    rows,
    cols,
    numerators: Array.from({ length: rows * cols }, next),
    denominator: 1n,
  }));
}

function groupOfNetwork(network: Network): GroupFactor[] {
  const factors: GroupFactor[] = [];
  const layers = new Map<string, AttentionLayer>();
  walkLayers(network, (layer, path) => {
    if (layer.kind === 'attention' && layer.tiedTo === undefined) layers.set(path, layer);
  });
  for (const [path, layer] of layers) {
    const heads = headCount(layer);
    const groups = groupCount(layer);
    for (let group = 0; group < groups; group++) {
      const add = (kind: GroupFactor['kind'], name: string): void =>
        void factors.push({ kind, path, group, name });
      if (!layer.rotary) add('query-key', `GL(${layer.headDim})`);
      if (layer.valueDim !== undefined) add('value-output', `GL(${layer.valueDim})`);
      if (layer.normalization === 'none') add('rescale', 'R^*');
      else {
        if (layer.bias?.key && !layer.rotary) add('key-bias', `R^${layer.headDim}`);
        if (layer.bias?.value && layer.bias.output)
          add('value-bias', `R^${layer.valueDim ?? layer.outputDim}`);
      }
    }
    if (heads > 1 && groups === heads && !layer.alibi)
      factors.push({ kind: 'permute-heads', path, name: `S_${heads}` });
    const next = layers.get(pathBehind(path));
    if (next && !next.context) factors.push({ kind: 'interface', path, name: `GL(${layer.outputDim})` });
  }
  return factors;
}

/** Of each layer: the dimensions of what may be added to its matrices, since it is not seen. */
function unreadFactors(network: Network, directions: readonly KnownDirection[]): GroupFactor[] {
  const blocks = parameterBlocks(network);
  const layers = new Map<string, bigint[][]>();
  for (const { kind, direction } of directions) {
    if (kind !== 'unread') continue;
    const { path } = blocks[direction.findIndex((matrix) => !isZeroMatrix(matrix))]!;
    layers.set(path, [...(layers.get(path) ?? []), flattened(direction)]);
  }
  return [...layers].map(([path, rows]) => {
    const rank = rankOverQ({ rows: rows.length, cols: rows[0]!.length, data: rows.flat() });
    return { kind: 'unread', path, name: `R^${rank}` };
  });
}

/**
 * Of one attention layer whose heads have generically full rank: its fibre is an orbit of a free action (Theorems 1 and 2), of the permutations of its heads
 * and of GL(a) × GL(v), each of two components, or of R^* × GL(a) and the swap for one lightning head.
 */
function componentsOf(network: Network): bigint | null {
  const [layer] = network.layers;
  if (network.layers.length !== 1 || layer?.kind !== 'attention' || layer.rotary || layer.alibi) return null;
  const { headDim, valueDim, outputDim, normalization, bias = {} } = layer;
  const keyWidth = layer.context ? network.context!.inputDim : network.inputDim;
  const isFull =
    headDim <= Math.min(keyWidth, network.inputDim) && (valueDim ?? 0) <= Math.min(keyWidth, outputDim);
  const heads = headCount(layer);
  if (!isFull || groupCount(layer) !== heads) return null;
  const factors = valueDim === undefined ? 2n : 4n;
  if (normalization === 'softmax') {
    if (visibleKeys(layer, network) < 3 || (bias.value && !bias.output)) return null;
    let count = 1n;
    for (let head = 1; head <= heads; head++) count *= BigInt(head) * factors;
    return count;
  }
  if (heads > 1 || bias.query || bias.key || bias.value || layer.context || visibleKeys(layer, network) < 2)
    return null;
  const isAlwaysPair =
    headDim === 1 && Math.min(outputDim, valueDim ?? outputDim) === 1 && network.inputDim > 1;
  return 2n * factors * (isAlwaysPair ? 2n : 1n);
}
