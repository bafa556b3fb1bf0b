'use strict'

const path = require('node:path')
const { DefaultArtifactClient } = require('@actions/artifact')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

async function find(client, name, pattern) {
  if (name) return [(await client.getArtifact(name)).artifact]
  const { artifacts } = await client.listArtifacts({ latest: true })
  return artifacts.filter((artifact) => !pattern || path.posix.matchesGlob(artifact.name, pattern))
}

async function main() {
  refuseUnknown(__dirname)
  const folder = path.resolve(core.getInput('path') || process.env.GITHUB_WORKSPACE)
  const client = new DefaultArtifactClient()
  const found = await find(client, core.getInput('name'), core.getInput('pattern'))
  // As the real one does it: one artifact gets no folder of its own, by pattern or by name.
  const together = core.getBooleanInput('merge-multiple') || found.length === 1
  for (const { id, name } of found) {
    await client.downloadArtifact(id, { path: together ? folder : path.join(folder, name) })
    core.info(`Downloaded '${name}'.`)
  }
  core.info(`Total of ${found.length} artifact(s) downloaded`)
  core.setOutput('download-path', folder)
}

main().catch((error) => core.setFailed(`Unable to download artifact(s): ${error.message}`))
