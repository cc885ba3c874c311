import { type ParameterRef, type Tensor } from '../graph/tensor.ts';
import { effectiveReaders } from './effective.ts';
import { ownLinear } from './heads.ts';
import type { Outgoing } from './outgoing.ts';
import type { Setting, Spaces } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Squares of which a single sum Σ w_i z_i² is read: z ↦ z + D⁻¹Az with D = diag(w), A antisymmetric, changes nothing (with the scalings this is O(n)): docs/gauge.md, "Squares".
 */
export function* quadricFields(
  setting: Setting,
  outgoing: Spaces<Outgoing>,
): Generator<Tangent, void, undefined> {
  const { field } = setting;
  for (const tensor of setting.tensors) {
    const { operation: op } = tensor;
    if (op.kind !== 'power' || op.exponent !== 2 || setting.consumersOf(op.x).length > 1) continue;
    const [weights, ...others] = effectiveReaders(tensor, outgoing.get(tensor)!, setting);
    const parameters = affineParameters(op.x, setting);
    if (!weights || others.length > 0 || weights.includes(0) || !parameters) continue;
    const inverses = weights.map((w) => field.inverse(w));
    for (let i = 0; i < tensor.cols; i++)
      for (let j = i + 1; j < tensor.cols; j++) {
        const tangent = new TangentBuilder(field);
        for (const parameter of parameters)
          for (let c = 0; c < parameter.cols; c++) {
            const [ofI, ofJ] = [setting.value(parameter, i, c), setting.value(parameter, j, c)];
            tangent.add(parameter, i, c, field.multiply(inverses[i]!, ofJ));
            tangent.add(parameter, j, c, field.subtract(0, field.multiply(inverses[j]!, ofI)));
          }
        yield tangent.tangent;
      }
  }
}

/** The weight and the bias whose rows give the coordinates, if they enter nowhere else. */
function affineParameters(tensor: Tensor, setting: Setting): ParameterRef[] | null {
  const { operation: op } = tensor;
  if (op.kind === 'bias') {
    const rest = affineParameters(op.x, setting);
    return rest && setting.isOwn(op.vector) ? [...rest, op.vector] : null;
  }
  const linear = ownLinear(tensor, setting);
  return linear && [linear.weight];
}
