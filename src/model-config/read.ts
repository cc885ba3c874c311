import { rangeFault, typeFault } from '../assert.ts';
import type { Architecture } from './architecture.ts';
import { countParameters } from './counts.ts';
import { ConfigReader, refusal } from './reader.ts';
import { refusedModelTypes, refuseFeatures } from './refused.ts';
import { bloom, gpt2, gptNeox, phi, stablelm, starcoder2 } from './types/layernorm-decoders.ts';
import { gemma, llama, mistral, phi3, qwen2 } from './types/rmsnorm-decoders.ts';

const readers: Readonly<Record<string, (reader: ConfigReader) => Architecture>> = {
  bloom,
  gemma,
  gpt2,
  gpt_neox: gptNeox,
  llama,
  mistral,
  phi,
  phi3,
  qwen2,
  stablelm,
  starcoder2,
};

/** The values of `model_type` that are read. */
export const modelTypes: readonly string[] = Object.freeze(Object.keys(readers));

/**
 * The architecture that a config.json of Hugging Face describes, with every default of Transformers filled in.
 *
 * Throws a `TypeError` for a value of the wrong type and a `RangeError` for a wrong, contradictory or unsupported one; the message begins
 * with the JSON path, which begins with `title`. Keys that Transformers does not read either are ignored. O(size of the value).
 * Source: docs/model-configs.md.
 */
export function architectureOf(config: unknown, title = 'config'): Architecture {
  const reader = new ConfigReader(title, config);
  const path = reader.at('model_type');
  const type = reader.value('model_type');
  const expected = `one of ${modelTypes.join(', ')}`;
  if (typeof type !== 'string') throw typeFault(path, expected, type);
  if (!Object.hasOwn(readers, type)) {
    if (!Object.hasOwn(refusedModelTypes, type)) throw rangeFault(path, expected, type);
    throw refusal(path, expected, type, refusedModelTypes[type]);
  }
  refuseFeatures(reader);
  const architecture = Object.freeze(readers[type](reader));
  const { total } = countParameters(architecture);
  if (!Number.isSafeInteger(total)) {
    throw rangeFault(title, `sizes of at most ${Number.MAX_SAFE_INTEGER} parameters`, total);
  }
  return architecture;
}
