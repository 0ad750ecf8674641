/** The files that are generated from the message catalogue: the C header of the rig firmware, the tables of the page. */
import { readFileSync } from 'node:fs'
import { cHeader } from '#protocol/c-header'
import { protocolPage } from '#scripts/protocol-page'

const PAGE = 'docs/PROTOCOL.md'

interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** `root` is the folder of the repository, with a slash at its end. */
export function protocolFiles(root: string): readonly GeneratedFile[] {
  return [
    { path: 'hil/rig/firmware/catalogue.h', text: cHeader() },
    { path: PAGE, text: protocolPage(readFileSync(root + PAGE, 'utf8')) },
  ]
}
