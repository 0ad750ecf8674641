/** Two pseudo-terminals that socat joins: a serial cable that can be pulled. Each with files of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** With PUMPBENCH_TOOLS=required the absence of socat is an error and not a reason to skip. */
export const HAS_SOCAT = process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('socat', ['-V']).status === 0

export class PtyPair {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pumpbench-wire-'))
  readonly host = join(this.#folder, 'host')
  readonly rig = join(this.#folder, 'rig')
  #socat: ChildProcess | undefined

  static async open(): Promise<PtyPair> {
    const pair = new PtyPair()
    await pair.plug()
    return pair
  }

  /** Joins the ends, under the same names as before. */
  async plug(): Promise<void> {
    const ends = [this.host, this.rig]
    for (const end of ends) rmSync(end, { force: true })
    this.#socat = spawn(
      'socat',
      ends.map((link) => `pty,raw,echo=0,link=${link}`),
      { stdio: 'ignore' },
    )
    for (let tries = 0; !ends.every((end) => existsSync(end)); tries += 1) {
      if (tries > 500) throw new Error('the pseudo-terminals did not come up')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Pulls the cable. */
  kill(): void {
    this.#socat?.kill('SIGKILL')
  }

  close(): void {
    this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
