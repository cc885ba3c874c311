import { demand } from './fault.ts';
import { flag, integer, list, literal, object, sizeOr, text, type Fields } from './fields.ts';
import { isZero, statedFraction, zero, type Fraction } from './fraction.ts';

/*
 * The layers of docs/networks.md in their minimal form, kind by kind: every field is known, none states its default, and the widths fit.
 */

/** Whose parameters a layer has: its own, maybe for others to use, or those of a layer before. */
interface Named {
  readonly label: string | null;
  readonly tiedTo: string | null;
}

export interface StatedAttention extends Named {
  readonly kind: 'attention';
  readonly softmax: boolean;
  readonly inputDim: number;
  /** The dimension of the tokens that keys and values are made of, and how many there are. */
  readonly keyInputDim: number;
  readonly keys: number;
  readonly headDim: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly valueDim: number | null;
  readonly outputDim: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly alibi: boolean;
  readonly rotary: { readonly base: number; readonly dim: number } | null;
  readonly context: boolean;
  readonly bias: Readonly<Record<BiasName, boolean>>;
}

const biasNames = ['query', 'key', 'value', 'output'] as const;
type BiasName = (typeof biasNames)[number];

export interface StatedLinear extends Named {
  readonly kind: 'linear';
  readonly inputDim: number;
  readonly outputDim: number;
  readonly bias: boolean;
  readonly transposed: boolean;
}

const functionNames = ['exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh'] as const;
export type FunctionName = (typeof functionNames)[number] | 'identity';

export interface StatedFunction {
  readonly name: FunctionName;
  /** Of gelu-tanh; null stands for √(2/π). */
  readonly coefficient: Fraction | null;
}

export interface StatedGated extends Named {
  readonly kind: 'gated';
  readonly function: StatedFunction;
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly outputDim: number;
  readonly bias: boolean;
}

export interface StatedNorm extends Named {
  readonly kind: 'rmsnorm' | 'layernorm';
  readonly inputDim: number;
  readonly epsilon: Fraction;
  readonly weight: boolean;
  readonly unitOffset: boolean;
  readonly bias: boolean;
}

export type StatedLayer =
  | StatedAttention
  | StatedLinear
  | StatedGated
  | StatedNorm
  | (Named & { readonly kind: 'positions'; readonly inputDim: number })
  | { readonly kind: 'power'; readonly exponent: number }
  | { readonly kind: 'activation'; readonly function: StatedFunction }
  | { readonly kind: 'scale'; readonly factor: Fraction }
  | { readonly kind: 'residual'; readonly layers: readonly StatedLayer[] }
  | { readonly kind: 'sum'; readonly branches: readonly (readonly StatedLayer[])[] };

export interface Tokens {
  readonly inputDim: number;
  readonly tokens: number;
}

/** A layer, and the dimension of the tokens that leave it. */
interface Read {
  readonly layer: StatedLayer;
  readonly outputDim: number;
}

/** Layers within layers, one in the other. */
const maxDepth = 64;

/** Reads layers in their order: what stands in one depends on the labels of those before. */
export class LayerReader {
  readonly #tokens: number;
  readonly #context: Tokens | null;
  /** The shapes of the parameters by label. */
  readonly #labelled = new Map<string, string>();
  /** Whether a rotary angle, and whether √(2/π), has been met. */
  #rotary = false;
  #pi = false;

  constructor(tokens: number, context: Tokens | null) {
    this.#tokens = tokens;
    this.#context = context;
  }

  /** Reads layers that follow one another. */
  layers(path: string, value: unknown, least: number, width: number, depth = 0) {
    demand(depth <= maxDepth, path, `at most ${maxDepth} layers within one another`, 'a deeper nesting');
    const layers: StatedLayer[] = [];
    let outputDim = width;
    for (const [i, entry] of list(path, value, least).entries()) {
      const read = this.#layer(`${path}[${i}]`, entry, outputDim, depth);
      layers.push(read.layer);
      outputDim = read.outputDim;
    }
    return { layers, outputDim };
  }

  #layer(path: string, value: unknown, width: number, depth: number): Read {
    demand(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'an object', value);
    const { kind } = value as Fields;
    switch (kind) {
      case 'attention':
        return this.#attention(path, value, width);
      case 'linear':
        return this.#linear(path, value, width);
      case 'gated':
        return this.#gated(path, value, width);
      case 'rmsnorm':
      case 'layernorm':
        return this.#norm(path, value, kind, width);
      case 'positions': {
        const fields = object(path, value, ['kind'], ['label', 'tiedTo']);
        const named = this.#named(path, fields, kind, [this.#tokens, width]);
        return { layer: { kind, inputDim: width, ...named }, outputDim: width };
      }
      case 'power': {
        const fields = object(path, value, ['kind', 'exponent']);
        const exponent = integer(`${path}.exponent`, fields['exponent'], 1);
        return { layer: { kind, exponent }, outputDim: width };
      }
      case 'activation': {
        const fields = object(path, value, ['kind', 'function'], ['coefficient']);
        return { layer: { kind, function: this.#function(path, fields, functionNames) }, outputDim: width };
      }
      case 'scale': {
        const fields = object(path, value, ['kind', 'factor']);
        const factor = statedFraction(`${path}.factor`, fields['factor']);
        demand(!isZero(factor), `${path}.factor`, 'a factor that is not 0', fields['factor']);
        return { layer: { kind, factor }, outputDim: width };
      }
      case 'residual': {
        const fields = object(path, value, ['kind', 'layers']);
        const { layers, outputDim } = this.layers(`${path}.layers`, fields['layers'], 1, width, depth + 1);
        demand(outputDim === width, `${path}.layers`, `layers back to dimension ${width}`, outputDim);
        return { layer: { kind, layers }, outputDim };
      }
      case 'sum':
        return this.#sum(path, value, width, depth);
      default:
        demand(false, `${path}.kind`, 'a kind of layer', kind);
    }
  }

  #sum(path: string, value: unknown, width: number, depth: number): Read {
    const fields = object(path, value, ['kind', 'branches']);
    const branches = list(`${path}.branches`, fields['branches'], 2).map((entry, i) =>
      this.layers(`${path}.branches[${i}]`, entry, 0, width, depth + 1),
    );
    const { outputDim } = branches[0]!;
    for (const [i, branch] of branches.entries()) {
      const expected = `layers to dimension ${outputDim}`;
      demand(branch.outputDim === outputDim, `${path}.branches[${i}]`, expected, branch.outputDim);
    }
    return { layer: { kind: 'sum', branches: branches.map(({ layers }) => layers) }, outputDim };
  }

  #linear(path: string, value: unknown, inputDim: number): Read {
    const optional = ['bias', 'transposed', 'label', 'tiedTo'];
    const fields = object(path, value, ['kind', 'outputDim'], optional);
    const outputDim = integer(`${path}.outputDim`, fields['outputDim'], 1);
    const bias = flag(`${path}.bias`, fields['bias'], true);
    const transposed = flag(`${path}.transposed`, fields['transposed'], true);
    const isTied = fields['tiedTo'] !== undefined;
    demand(isTied || !transposed, `${path}.transposed`, 'no such field without tiedTo', transposed);
    const named = transposed
      ? this.#transposed(path, fields, outputDim, inputDim)
      : this.#named(path, fields, 'linear', [outputDim, inputDim, Number(bias)]);
    return { layer: { kind: 'linear', inputDim, outputDim, bias, transposed, ...named }, outputDim };
  }

  #gated(path: string, value: unknown, inputDim: number): Read {
    const required = ['kind', 'function', 'hiddenDim', 'outputDim'];
    const fields = object(path, value, required, ['coefficient', 'bias', 'label', 'tiedTo']);
    const hiddenDim = integer(`${path}.hiddenDim`, fields['hiddenDim'], 1);
    const outputDim = integer(`${path}.outputDim`, fields['outputDim'], 1);
    const bias = flag(`${path}.bias`, fields['bias'], true);
    const read = this.#function(path, fields, [...functionNames, 'identity']);
    const named = this.#named(path, fields, 'gated', [inputDim, hiddenDim, outputDim, Number(bias)]);
    const layer = { kind: 'gated', function: read, inputDim, hiddenDim, outputDim, bias, ...named } as const;
    return { layer, outputDim };
  }

  #norm(path: string, value: unknown, kind: 'rmsnorm' | 'layernorm', inputDim: number): Read {
    const own = kind === 'rmsnorm' ? 'unitOffset' : 'bias';
    const fields = object(path, value, ['kind'], ['epsilon', 'weight', own, 'label', 'tiedTo']);
    demand(kind === 'rmsnorm' || inputDim >= 2, path, 'tokens of dimension 2 or more', inputDim);
    const epsilon =
      fields['epsilon'] === undefined ? zero : statedFraction(`${path}.epsilon`, fields['epsilon']);
    const positive = fields['epsilon'] === undefined || epsilon.n > 0n;
    demand(positive, `${path}.epsilon`, 'a positive fraction, or no such field', fields['epsilon']);
    const weight = flag(`${path}.weight`, fields['weight'], false);
    const unitOffset = flag(`${path}.unitOffset`, fields['unitOffset'], true);
    const bias = flag(`${path}.bias`, fields['bias'], true);
    demand(weight || !unitOffset, `${path}.unitOffset`, 'no such field without a weight', unitOffset);
    const isNamed = fields['label'] !== undefined || fields['tiedTo'] !== undefined;
    demand(weight || bias || !isNamed, path, 'neither label nor tiedTo without parameters', 'one of them');
    const named = this.#named(path, fields, kind, [inputDim, Number(weight), Number(bias)]);
    return {
      layer: { kind, inputDim, epsilon, weight, unitOffset, bias, ...named },
      outputDim: inputDim,
    };
  }

  #attention(path: string, value: unknown, inputDim: number): Read {
    const switches = ['causal', 'alibi', 'context'] as const;
    const optional = ['numHeads', 'numKeyValueHeads', 'valueDim', 'window', 'rotary', 'bias'];
    const fields = object(
      path,
      value,
      ['kind', 'normalization', 'headDim', 'outputDim'],
      [...switches, ...optional, 'label', 'tiedTo'],
    );
    const { normalization } = fields;
    const known = normalization === 'none' || normalization === 'softmax';
    demand(known, `${path}.normalization`, '"none" or "softmax"', normalization);
    const size = (name: string): number => integer(`${path}.${name}`, fields[name], 1);
    const maybe = (name: string): number | null => (fields[name] === undefined ? null : size(name));
    const [causal, alibi, context] = switches.map((name) => flag(`${path}.${name}`, fields[name], true));
    const headDim = size('headDim');
    const numHeads = sizeOr(`${path}.numHeads`, fields['numHeads'], 1);
    const groups = sizeOr(`${path}.numKeyValueHeads`, fields['numKeyValueHeads'], numHeads);
    demand(numHeads % groups === 0, `${path}.numKeyValueHeads`, `a divisor of ${numHeads}`, groups);
    const valueDim = maybe('valueDim');
    const isShared = groups < numHeads;
    demand(!isShared || valueDim !== null, `${path}.valueDim`, 'a size, as heads share values', undefined);
    const window = maybe('window');
    demand(!alibi || normalization === 'softmax', `${path}.alibi`, 'no such field without softmax', alibi);
    const rotary = this.#rotaryOf(`${path}.rotary`, fields['rotary'], headDim);
    if (context) {
      demand(this.#context !== null, `${path}.context`, 'no such field in a network without context', true);
      const plain = !causal && !alibi && window === null && rotary === null;
      demand(plain, `${path}.context`, 'no causal, window, alibi or rotary beside it', 'one of them');
    }
    const source = context ? this.#context! : { inputDim, tokens: this.#tokens };
    const bias = biases(`${path}.bias`, fields['bias']);
    const outputDim = size('outputDim');
    const shapes = [inputDim, source.inputDim, headDim, numHeads, groups, valueDim ?? 0, outputDim];
    const named = this.#named(path, fields, 'attention', [
      ...shapes,
      ...biasNames.map((name) => Number(bias[name])),
    ]);
    const layer = {
      kind: 'attention',
      softmax: normalization === 'softmax',
      inputDim,
      keyInputDim: source.inputDim,
      keys: source.tokens,
      headDim,
      numHeads,
      numKeyValueHeads: groups,
      valueDim,
      outputDim,
      causal: causal!,
      window,
      alibi: alibi!,
      rotary,
      context: context!,
      bias,
      ...named,
    } as const;
    return { layer, outputDim };
  }

  #rotaryOf(path: string, value: unknown, headDim: number): StatedAttention['rotary'] {
    if (value === undefined) return null;
    const fields = object(path, value, ['base'], ['dim']);
    const base = integer(`${path}.base`, fields['base'], 2);
    demand(base < 2 ** 31, `${path}.base`, 'an integer below 2^31', base);
    const dim = sizeOr(`${path}.dim`, fields['dim'], headDim);
    demand(dim % 2 === 0 && dim <= headDim, `${path}.dim`, `an even number up to ${headDim}`, dim);
    this.#rotary = true;
    demand(!this.#pi, path, 'no angles beside √(2/π): gelu-tanh needs a coefficient', 'both');
    return { base, dim };
  }

  #function(path: string, fields: Fields, names: readonly FunctionName[]): StatedFunction {
    const name = fields['function'] as FunctionName;
    demand(names.includes(name), `${path}.function`, `one of ${names.join(', ')}`, name);
    const stated = fields['coefficient'];
    const takesIt = stated === undefined || name === 'gelu-tanh';
    demand(takesIt, `${path}.coefficient`, 'no such field without gelu-tanh', stated);
    if (name !== 'gelu-tanh') return { name, coefficient: null };
    if (stated !== undefined) return { name, coefficient: statedFraction(`${path}.coefficient`, stated) };
    this.#pi = true;
    demand(!this.#rotary, `${path}.coefficient`, 'a rational coefficient, as there are angles', undefined);
    return { name, coefficient: null };
  }

  /** The label or tie of a layer whose parameters have these shapes. */
  #named(path: string, fields: Fields, kind: string, sizes: readonly number[]): Named {
    const shapes = `${kind} ${sizes.join(' ')}`;
    const { label, tiedTo } = fields;
    if (tiedTo !== undefined) {
      demand(label === undefined, `${path}.label`, 'no such field beside tiedTo', label);
      const met = this.#labelled.get(text(`${path}.tiedTo`, tiedTo));
      demand(
        met === shapes,
        `${path}.tiedTo`,
        'the label of a layer before, of the same kind and shapes',
        tiedTo,
      );
      return { label: null, tiedTo: tiedTo as string };
    }
    if (label === undefined) return { label: null, tiedTo: null };
    const isNew = !this.#labelled.has(text(`${path}.label`, label));
    demand(isNew, `${path}.label`, 'a label that no layer before has', label);
    this.#labelled.set(label as string, shapes);
    return { label: label as string, tiedTo: null };
  }

  /** The tie to a linear layer whose weight is the transpose: rows × cols, with a bias or without. */
  #transposed(path: string, fields: Fields, cols: number, rows: number): Named {
    const { label, tiedTo } = fields;
    demand(label === undefined, `${path}.label`, 'no such field beside tiedTo', label);
    const met = this.#labelled.get(text(`${path}.tiedTo`, tiedTo));
    const fits = met === `linear ${rows} ${cols} 0` || met === `linear ${rows} ${cols} 1`;
    demand(fits, `${path}.tiedTo`, `the label of a linear layer before, of ${rows} × ${cols}`, tiedTo);
    return { label: null, tiedTo: tiedTo as string };
  }
}

function biases(path: string, value: unknown): StatedAttention['bias'] {
  const none = { query: false, key: false, value: false, output: false };
  if (value === undefined) return none;
  const fields = object(path, value, [], biasNames);
  demand(Object.keys(fields).length > 0, path, 'at least one bias, or no such field', value);
  for (const name of Object.keys(fields)) literal(`${path}.${name}`, fields[name], true);
  return { ...none, ...(fields as Partial<Record<BiasName, boolean>>) };
}
