/** The manifest: with what, and when, a result was made. */
import type { Manifest } from '#hil/run/result'
import { commit, version } from '#scripts/version'

export function manifest(started: Date): Manifest {
  return {
    tool: 'pumpbench',
    version,
    commit,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    started: started.toISOString(),
    rig_firmware: null,
  }
}
