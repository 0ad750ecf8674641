/**
 * Which pumpbench this is. The build writes both figures into the bundle; run from source they come from package.json,
 * and the commit is unknown, because the source may differ from every commit.
 */
import { readFileSync } from 'node:fs'

/** What the build puts in place of these names, see tsdown.config.ts. */
declare const PUMPBENCH_VERSION: string | undefined
declare const PUMPBENCH_COMMIT: string | null | undefined

export const version: string =
  typeof PUMPBENCH_VERSION === 'string'
    ? PUMPBENCH_VERSION
    : packageVersion(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** The commit the bundle was built from, with `-dirty` when files had been changed since; null when unknown. */
export const commit: string | null = typeof PUMPBENCH_COMMIT === 'string' ? PUMPBENCH_COMMIT : null

function packageVersion(text: string): string {
  const json: unknown = JSON.parse(text)
  if (typeof json === 'object' && json !== null && 'version' in json && typeof json.version === 'string') {
    return json.version
  }
  throw new Error('package.json has no version')
}
