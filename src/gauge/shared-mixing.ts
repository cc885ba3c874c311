import type { ParameterRef, Tensor } from '../graph/tensor.ts';
import { ownLinear, type LightningHead } from './heads.ts';
import type { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Heads that share keys and values: Σ_h O_h ⊗ Q_h is all that counts, so GL(H) acts on the Q_h and, contragrediently, on
 * the O_h: docs/gauge.md, "Mixing of heads".
 */
export function* sharedMixingFields(
  heads: readonly LightningHead[],
  setting: Setting,
): Generator<Tangent, void, undefined> {
  const { field } = setting;
  for (const a of heads)
    for (const b of heads) {
      if (a === b || a.k !== b.k || a.v !== b.v || !a.output || !b.output) continue;
      if (!setting.isOwn(a.output) || !setting.isOwn(b.output)) continue;
      const pairs = twins(a.q, b.q, setting);
      if (!pairs) continue;
      const tangent = new TangentBuilder(field);
      for (const [ofA, ofB] of pairs) tangent.addMatrix(ofA, setting.rows(ofB));
      tangent.addMatrix(
        b.output,
        setting.rows(a.output).map((row) => row.map((entry) => field.subtract(0, entry))),
      );
      yield tangent.tangent;
    }
}

/** The parameters that two tensors differ by, if they are the same linear operations of one tensor. */
function twins(a: Tensor, b: Tensor, setting: Setting): [ParameterRef, ParameterRef][] | null {
  const [x, y] = [a.operation, b.operation];
  if (setting.consumersOf(a).length > 1 || setting.consumersOf(b).length > 1) return null;
  if (x.kind === 'rotate' && y.kind === 'rotate') return twins(x.x, y.x, setting);
  if (x.kind === 'bias' && y.kind === 'bias') {
    const rest = twins(x.x, y.x, setting);
    const own = setting.isOwn(x.vector) && setting.isOwn(y.vector);
    return rest && own ? [...rest, [x.vector, y.vector]] : null;
  }
  const [ofA, ofB] = [ownLinear(a, setting), ownLinear(b, setting)];
  return ofA && ofB && ofA.x === ofB.x ? [[ofA.weight, ofB.weight]] : null;
}
