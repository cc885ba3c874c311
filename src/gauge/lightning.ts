import { coefficientFields } from './coefficients.ts';
import { effectiveReaders, effectiveSpace } from './effective.ts';
import { lightningHeads, plainHeads } from './heads.ts';
import type { Incoming } from './incoming.ts';
import type { Outgoing } from './outgoing.ts';
import type { Setting, Spaces } from './setting.ts';
import { sharedMixingFields } from './shared-mixing.ts';
import type { Tangent } from './tangent.ts';
import { tradeFields, type HeadsInContext } from './trades.ts';

/** Fields of the heads of a lightning layer that are added up. */
export function* lightningFields(
  setting: Setting,
  incoming: Spaces<Incoming>,
  outgoing: Spaces<Outgoing>,
): Generator<Tangent, void, undefined> {
  for (const layer of lightningHeads(setting)) {
    yield* sharedMixingFields(layer, setting);
    for (const { x, source, heads } of plainHeads(layer, setting)) {
      const { term, mask } = layer[0]!;
      const entering = effectiveSpace(x, incoming.get(x)!, setting);
      const context: HeadsInContext = {
        heads,
        entering,
        source: source === x ? entering : effectiveSpace(source, incoming.get(source)!, setting),
        readers: effectiveReaders(term, outgoing.get(term)!, setting),
      };
      yield* tradeFields(context, setting);
      const seesItself = x === source && (x.rows === 1 || mask?.window === 1 || x.parallel >= 0);
      yield* coefficientFields(context, seesItself ? 'all' : 'keys', setting);
    }
  }
}
