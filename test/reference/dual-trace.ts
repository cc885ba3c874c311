/* A network as a list of tensors, each written down once, in the order of computation: docs/networks.md and docs/point.md, "Steps". */
import { divide, fraction, multiply, one, parseFraction } from '../../src/fraction.ts';
import type {
  ActivationFunction,
  AttentionLayer,
  GatedLayer,
  Layer,
  Network,
} from '../../src/network/format.ts';
import {
  keyOf,
  parallel,
  scale,
  sum,
  type Block,
  type Combination,
  type Operation,
  type Tensor,
} from './dual-tensors.ts';

/** The visible keys j of each query i, ascending. */
function visibleKeys(layer: AttentionLayer, queries: number, keys: number): number[][] {
  return Array.from({ length: queries }, (_, i) =>
    Array.from({ length: keys }, (_, j) => j).filter(
      (j) => (!layer.causal || j <= i) && (layer.window === undefined || Math.abs(i - j) < layer.window),
    ),
  );
}

/** The whole network. */
export interface Trace {
  readonly parameters: number;
  /** In the order of computation. */
  readonly tensors: readonly Tensor[];
  readonly output: Combination;
}

/** Writes down the tensors of a network. */
export function trace(network: Network): Trace {
  const tensors: Tensor[] = [];
  const byKey = new Map<string, Tensor>();
  const labels = new Map<string, Record<string, Block>>();
  let parameters = 0;

  /** The tensor that `operation` gives: what is the same is written down once. */
  function tensor(
    operation: Operation,
    operands: Combination[],
    { tokens, width }: { tokens: number; width: number },
  ): Tensor {
    const named = 'queries' in operation ? { ...operation, queries: null } : operation;
    const key = JSON.stringify([named, operands.map(keyOf), tokens, width], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    let found = byKey.get(key);
    if (!found) {
      found = { id: tensors.length, operation, operands, tokens, width };
      tensors.push(found);
      byKey.set(key, found);
    }
    return found;
  }

  const alone = (x: Tensor): Combination => ({
    tokens: x.tokens,
    width: x.width,
    terms: [{ tensor: x, coefficient: one }],
  });
  const apply = (...parts: Parameters<typeof tensor>): Combination => alone(tensor(...parts));

  function block(rows: number, cols: number): Block {
    const made = { offset: parameters, rows, cols };
    parameters += rows * cols;
    return made;
  }

  /** The parameters of a layer: those of the layer it is tied to, or new ones. */
  function parametersOf(
    layer: { label?: string; tiedTo?: string },
    make: () => Record<string, Block>,
  ): Record<string, Block> {
    const own = layer.tiedTo === undefined ? make() : labels.get(layer.tiedTo)!;
    if (layer.label !== undefined) labels.set(layer.label, own);
    return own;
  }

  const map = (weight: Block, bias: Block | undefined, x: Combination): Combination =>
    apply({ kind: 'map', weight, transposed: false, bias: bias ?? null }, [x], {
      tokens: x.tokens,
      width: weight.rows,
    });

  function attention(layer: AttentionLayer, x: Combination, context: Combination): Combination {
    const heads = layer.numHeads ?? 1;
    const groups = layer.numKeyValueHeads ?? heads;
    const c = layer.context ? context : x;
    const { headDim, valueDim, outputDim, bias } = layer;
    const groupOf = (h: number): number => Math.floor((h * groups) / heads);
    const own = parametersOf(layer, () => {
      const made: Record<string, Block> = {};
      for (let h = 0; h < heads; h++) {
        const g = groupOf(h);
        made[`Q${h}`] = block(headDim, x.width);
        if (bias?.query) made[`bQ${h}`] = block(headDim, 1);
        if (!made[`K${g}`]) {
          made[`K${g}`] = block(headDim, c.width);
          if (bias?.key) made[`bK${g}`] = block(headDim, 1);
          made[`V${g}`] = block(valueDim ?? outputDim, c.width);
          if (bias?.value) made[`bV${g}`] = block(valueDim ?? outputDim, 1);
        }
        if (valueDim !== undefined) made[`O${h}`] = block(outputDim, valueDim);
      }
      if (bias?.output) made['bO'] = block(outputDim, 1);
      return made;
    });
    const rotated = (y: Combination): Combination =>
      layer.rotary
        ? apply({ kind: 'rotation', base: layer.rotary.base, dim: layer.rotary.dim ?? headDim }, [y], {
            tokens: y.tokens,
            width: headDim,
          })
        : y;
    const visible = visibleKeys(layer, x.tokens, c.tokens);
    const unmasked = visible.every((keys) => keys.length === c.tokens);

    const outputs = Array.from({ length: heads }, (_, h) => {
      const g = groupOf(h);
      const q = rotated(map(own[`Q${h}`]!, own[`bQ${h}`], x));
      const k = rotated(map(own[`K${g}`]!, own[`bK${g}`], c));
      const v = map(own[`V${g}`]!, own[`bV${g}`], c);
      const shape = { tokens: x.tokens, width: c.tokens };
      const scores = apply({ kind: 'scores', visible }, [q, k], shape);
      const symmetric = parallel(q) !== null && parallel(q) === parallel(k);
      const weights =
        layer.normalization === 'none'
          ? scores
          : apply({ kind: 'softmax', visible, alibi: layer.alibi === true, symmetric }, [scores], shape);
      const queries = layer.normalization === 'none' && unmasked && headDim === 1 ? q : null;
      const value = apply({ kind: 'mixture', visible, queries }, [weights, v], {
        tokens: x.tokens,
        width: v.width,
      });
      return valueDim === undefined ? value : map(own[`O${h}`]!, undefined, value);
    });
    if (own['bO']) {
      outputs.push(apply({ kind: 'bias', bias: own['bO'] }, [], { tokens: x.tokens, width: outputDim }));
    }
    return sum(...outputs);
  }

  function activation(
    layer: { function: ActivationFunction | 'identity'; coefficient?: string },
    z: Combination,
  ): Combination {
    const name = layer.function;
    if (name === 'identity') return z;
    let u = z;
    if (name === 'tanh') u = scale(fraction(2n), z);
    if (name === 'gelu-tanh') {
      const constant = layer.coefficient === undefined ? 'drawn' : parseFraction(layer.coefficient);
      u = apply({ kind: 'gelu argument', constant }, [z], z);
    }
    const operands = [z, apply({ kind: 'exponential' }, [u], u)];
    if (name === 'softplus') operands.push(apply({ kind: 'logarithm' }, [u, operands[1]!], u));
    return apply({ kind: 'activation', function: name }, operands, z);
  }

  function gated(layer: GatedLayer, x: Combination): Combination {
    const own = parametersOf(layer, () => {
      const made: Record<string, Block> = {};
      for (const [name, rows, cols] of [
        ['G', layer.hiddenDim, x.width],
        ['U', layer.hiddenDim, x.width],
        ['D', layer.outputDim, layer.hiddenDim],
      ] as const) {
        made[name] = block(rows, cols);
        if (layer.bias) made[`b${name}`] = block(rows, 1);
      }
      return made;
    });
    const gate = activation(layer, map(own['G']!, own['bG'], x));
    const up = map(own['U']!, own['bU'], x);
    return map(own['D']!, own['bD'], apply({ kind: 'product' }, [gate, up], gate));
  }

  function norm(layer: Extract<Layer, { kind: 'rmsnorm' | 'layernorm' }>, x: Combination): Combination {
    const own = parametersOf(layer, () => {
      const made: Record<string, Block> = {};
      if (layer.weight !== false) made['γ'] = block(x.width, 1);
      if (layer.kind === 'layernorm' && layer.bias) made['β'] = block(x.width, 1);
      return made;
    });
    const centred = layer.kind === 'layernorm';
    // x = c·x' where the first coefficient of x' is 1.
    const c = x.terms[0]?.coefficient ?? one;
    const epsilon = divide(parseFraction(layer.epsilon ?? '0'), multiply(c, c));
    const roots = apply({ kind: 'roots', centred, epsilon }, [scale(divide(one, c), x)], {
      tokens: x.tokens,
      width: 1,
    });
    const normalized = apply(
      { kind: 'normalized', centred, factor: c.n < 0n ? multiply(fraction(-1n), c) : c },
      [x, roots],
      x,
    );
    if (!own['γ'] && !own['β']) return normalized;
    const unitOffset = layer.kind === 'rmsnorm' && layer.unitOffset === true;
    return apply(
      { kind: 'affine', weight: own['γ'] ?? null, unitOffset, bias: own['β'] ?? null },
      [normalized],
      x,
    );
  }

  function step(layer: Layer, x: Combination, context: Combination): Combination {
    switch (layer.kind) {
      case 'attention':
        return attention(layer, x, context);
      case 'linear': {
        const { outputDim, transposed, tiedTo } = layer;
        const newBias = (): Record<string, Block> => (layer.bias ? { b: block(outputDim, 1) } : {});
        // A transposed layer has the weight of another one, and its own bias.
        const own = transposed
          ? { W: labels.get(tiedTo!)!['W']!, ...newBias() }
          : parametersOf(layer, () => ({ W: block(outputDim, x.width), ...newBias() }));
        return apply(
          { kind: 'map', weight: own['W']!, transposed: transposed === true, bias: own['b'] ?? null },
          [x],
          { tokens: x.tokens, width: outputDim },
        );
      }
      case 'power':
        return apply({ kind: 'power', exponent: layer.exponent }, [x], x);
      case 'activation':
        return activation(layer, x);
      case 'gated':
        return gated(layer, x);
      case 'rmsnorm':
      case 'layernorm':
        return norm(layer, x);
      case 'positions': {
        const own = parametersOf(layer, () => ({ P: block(x.tokens, x.width) }));
        return apply({ kind: 'positions', positions: own['P']! }, [x], x);
      }
      case 'scale':
        return scale(parseFraction(layer.factor), x);
      case 'residual':
        return sum(x, follow(layer.layers, x, context));
      case 'sum':
        return sum(...layer.branches.map((branch) => follow(branch, x, context)));
    }
  }

  function follow(layers: readonly Layer[], x: Combination, context: Combination): Combination {
    return layers.reduce((y, layer) => step(layer, y, context), x);
  }

  const shapeOf = (of: { inputDim: number; sequenceLength: number }): { tokens: number; width: number } => ({
    tokens: of.sequenceLength,
    width: of.inputDim,
  });
  const tokens = apply({ kind: 'tokens' }, [], shapeOf(network));
  const context = network.context ? apply({ kind: 'context' }, [], shapeOf(network.context)) : tokens;
  const output = follow(network.layers, tokens, context);
  return { parameters, tensors, output };
}
