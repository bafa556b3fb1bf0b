'use strict'

const path = require('node:path')
const { DefaultArtifactClient, ArtifactNotFoundError } = require('@actions/artifact')
const core = require('@actions/core')
const glob = require('@actions/glob')
const { refuseUnknown } = require('./inputs.js')

// Act's server appends what comes in the order in which it comes: pieces side by side would tear what is large.
process.env.ACTIONS_ARTIFACT_UPLOAD_CONCURRENCY = '1'

const WHEN_NOTHING_FOUND = { warn: core.warning, error: core.setFailed, ignore: core.info }

function readInputs() {
  const ifNoFilesFound = core.getInput('if-no-files-found')
  if (!Object.hasOwn(WHEN_NOTHING_FOUND, ifNoFilesFound)) {
    throw new Error(
      `if-no-files-found is '${ifNoFilesFound}'; expected one of ${Object.keys(WHEN_NOTHING_FOUND).join(', ')}`,
    )
  }
  const retentionDays = Number(core.getInput('retention-days') || '0')
  if (!Number.isInteger(retentionDays)) {
    throw new Error('retention-days is not a whole number of days')
  }
  const compressionLevel = Number(core.getInput('compression-level'))
  if (!Number.isInteger(compressionLevel) || compressionLevel < 0 || compressionLevel > 9) {
    throw new Error('compression-level is not a whole number from 0 to 9')
  }
  return {
    name: core.getInput('name'),
    path: core.getInput('path', { required: true }),
    whenNothingFound: WHEN_NOTHING_FOUND[ifNoFilesFound],
    options: { compressionLevel, ...(retentionDays ? { retentionDays } : {}) },
    overwrite: core.getBooleanInput('overwrite'),
    includeHiddenFiles: core.getBooleanInput('include-hidden-files'),
  }
}

function commonFolder(paths) {
  const [first, ...others] = paths.map((each) => path.resolve(each).split(path.sep))
  const differs = first.findIndex((part, index) => others.some((other) => other[index] !== part))
  return first.slice(0, differs === -1 ? first.length : differs).join(path.sep) || path.sep
}

// What the real action documents: one pattern's folder is the root of the artifact, several patterns share the
// deepest folder they have in common, and a single file named in full stands at the root itself.
async function findFiles(inputs) {
  const globber = await glob.create(inputs.path, {
    excludeHiddenFiles: !inputs.includeHiddenFiles,
    matchDirectories: false,
  })
  const files = await globber.glob()
  const searched = globber.getSearchPaths()
  const namedInFull = files.length === 1 && searched.length === 1 && files[0] === searched[0]
  return { files, root: namedInFull ? path.dirname(files[0]) : commonFolder(searched) }
}

// Act's server keeps what it had when a name comes twice, where GitHub answers with a conflict.
async function makeRoomFor(client, name, overwrite) {
  try {
    const { artifact } = await client.getArtifact(name)
    if (!overwrite) {
      throw new Error(`an artifact named '${artifact.name}' already exists on this workflow run`)
    }
    await client.deleteArtifact(name)
  } catch (error) {
    if (!(error instanceof ArtifactNotFoundError)) throw error
  }
}

async function main() {
  refuseUnknown(__dirname)
  const inputs = readInputs()
  const { files, root } = await findFiles(inputs)
  if (files.length === 0) {
    inputs.whenNothingFound(`No files were found with the path ${inputs.path}: nothing is uploaded.`)
    return
  }
  const client = new DefaultArtifactClient()
  await makeRoomFor(client, inputs.name, inputs.overwrite)
  const uploaded = await client.uploadArtifact(inputs.name, files, root, inputs.options)
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = process.env
  core.setOutput('artifact-id', uploaded.id)
  core.setOutput('artifact-digest', uploaded.digest)
  core.setOutput(
    'artifact-url',
    `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${uploaded.id}`,
  )
  core.info(`Uploaded ${files.length} files from ${root} as '${inputs.name}', ${uploaded.size} bytes.`)
}

main().catch((error) => core.setFailed(error.message))
