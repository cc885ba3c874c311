import { ownLinear } from './heads.ts';
import type { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Where the tokens x_i = z_i·y are parallel, scores z_i z_j ⟨Qy, Ky⟩ depend on the symmetric part of KᵀQ alone: K += A·Q and Q += A·K with A antisymmetric
 * change nothing (with GL(a) this is O(a, a)): docs/gauge.md, "Parallel tokens".
 */
export function* symmetricFields(setting: Setting): Generator<Tangent, void, undefined> {
  const { field, tensors } = setting;
  for (const { operation: op } of tensors) {
    if (op.kind !== 'scores') continue;
    const [q, k] = [ownLinear(op.q, setting), ownLinear(op.k, setting)];
    if (!q || !k || !(q.x.rows === 1 || q.x.parallel >= 0) || q.x !== k.x) continue;
    const a = q.weight.rows;
    for (const [changed, other] of [
      [q.weight, k.weight],
      [k.weight, q.weight],
    ] as const)
      // prettier-ignore
      for (let i = 0; i < a; i++)
        for (let j = i + 1; j < a; j++) {
          const tangent = new TangentBuilder(field);
          for (let c = 0; c < other.cols; c++) {
            tangent.add(changed, i, c, setting.value(other, j, c));
            tangent.add(changed, j, c, field.subtract(0, setting.value(other, i, c)));
          }
          yield tangent.tangent;
        }
  }
}
