'use strict'

const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

const PROVENANCE = 'https://slsa.dev/provenance/v1'
const ONE_OR_MORE_PARTS = /^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/
const SHA256 = /^[0-9a-f]{64}$/
const LARGEST = 16 * 1024 * 1024

function subjectOf(name, hex) {
  if (!ONE_OR_MORE_PARTS.test(name)) {
    throw new Error(`the subject is called '${name}'; expected REGISTRY/NAME in lower case, without tag or digest`)
  }
  if (!SHA256.test(hex)) throw new Error(`the digest of ${name} is '${hex}'; expected 64 hexadecimal digits`)
  return { name, digest: { sha256: hex } }
}

function readSubjects() {
  const digest = core.getInput('subject-digest')
  const checksums = core.getInput('subject-checksums')
  if (Boolean(digest) === Boolean(checksums)) {
    throw new Error('exactly one of subject-digest and subject-checksums has to be given')
  }
  if (digest) {
    const [algorithm, hex] = digest.split(':')
    if (algorithm !== 'sha256') throw new Error(`subject-digest is '${digest}'; expected sha256:HEX`)
    return [subjectOf(core.getInput('subject-name', { required: true }), hex ?? '')]
  }
  const lines = fs.readFileSync(checksums, 'utf8').split('\n').filter(Boolean)
  if (lines.length === 0) throw new Error(`${checksums} names no subject`)
  return lines.map((line) => {
    const [hex, name, ...rest] = line.split('  ')
    if (name === undefined || rest.length > 0) throw new Error(`'${line}' is not 'HEX  NAME'`)
    return subjectOf(name, hex)
  })
}

// With the credentials of `docker login`, as the real one does when it pushes beside the image.
function credentials(registry) {
  const folder = process.env.DOCKER_CONFIG ?? path.join(os.homedir(), '.docker')
  const file = path.join(folder, 'config.json')
  const auths = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).auths : undefined
  const auth = auths?.[registry]?.auth
  return auth ? { Authorization: `Basic ${auth}` } : {}
}

// The real one takes any digest. Here a subject that nobody could pull would be a fault of ours.
async function findInRegistry(subject) {
  const [registry, ...parts] = subject.name.split('/')
  const digest = `sha256:${subject.digest.sha256}`
  const answer = await fetch(`http://${registry}/v2/${parts.join('/')}/manifests/${digest}`, {
    headers: {
      Accept: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'].join(', '),
      ...credentials(registry),
    },
  })
  const body = Buffer.from(await answer.arrayBuffer())
  if (!answer.ok) throw new Error(`${registry} answers ${answer.status} to ${subject.name}@${digest}`)
  const found = createHash('sha256').update(body).digest('hex')
  if (found !== subject.digest.sha256) throw new Error(`${subject.name}@${digest} has the bytes of sha256:${found}`)
}

function provenance() {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_RUN_ID } = process.env
  const repository = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { repository } },
      resolvedDependencies: [{ uri: `git+${repository}`, digest: { gitCommit: GITHUB_SHA } }],
    },
    runDetails: { metadata: { invocationId: `${repository}/actions/runs/${GITHUB_RUN_ID}` } },
  }
}

// PREDICATE_CHECK is the command that the scenario gives: it says whether the file after it is valid.
function checkPredicate(file) {
  const [program, ...given] = (process.env.PREDICATE_CHECK ?? '').split(' ')
  if (!program) throw new Error('PREDICATE_CHECK is not set: a predicate that nobody checks is not attested here')
  const ended = spawnSync(program, [...given, file], { encoding: 'utf8' })
  if (ended.error) throw ended.error
  if (ended.status !== 0) throw new Error(`the predicate is not valid:\n${ended.stdout}${ended.stderr}`)
}

function readPredicate(folder) {
  const type = core.getInput('predicate-type')
  const given = core.getInput('predicate')
  const file = core.getInput('predicate-path')
  if (!type && !given && !file) return { predicateType: PROVENANCE, predicate: provenance() }
  if (!type || Boolean(given) === Boolean(file)) {
    throw new Error('predicate-type goes with exactly one of predicate and predicate-path')
  }
  if (!URL.canParse(type)) throw new Error(`predicate-type is '${type}'; expected a URI`)
  const text = file ? fs.readFileSync(file, 'utf8') : given
  if (text.length > LARGEST) throw new Error('the predicate has more than 16 MB')
  const predicate = JSON.parse(text)
  const copy = path.join(folder, 'predicate.json')
  fs.writeFileSync(copy, text)
  checkPredicate(copy)
  return { predicateType: type, predicate }
}

function writeBundle(folder, statement) {
  const file = path.join(folder, 'attestation.json')
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64')
  const envelope = { payload, payloadType: 'application/vnd.in-toto+json', signatures: [] }
  fs.writeFileSync(file, `${JSON.stringify({ dsseEnvelope: envelope })}${os.EOL}`)
  fs.appendFileSync(path.join(process.env.RUNNER_TEMP, 'created_attestation_paths.txt'), file + os.EOL)
  return file
}

async function main() {
  refuseUnknown(__dirname)
  const subjects = readSubjects()
  if (core.getBooleanInput('push-to-registry') && subjects.length !== 1) {
    throw new Error(`push-to-registry takes one subject, and here are ${subjects.length}`)
  }
  for (const subject of subjects) await findInRegistry(subject)
  const folder = fs.mkdtempSync(path.join(process.env.RUNNER_TEMP, 'attest-'))
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject: subjects, ...readPredicate(folder) }
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env
  const number = String(parseInt(createHash('sha256').update(JSON.stringify(statement)).digest('hex').slice(0, 12), 16))
  core.setOutput('bundle-path', writeBundle(folder, statement))
  core.setOutput('attestation-id', number)
  core.setOutput('attestation-url', `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/attestations/${number}`)
  core.info(`attested ${JSON.stringify(statement)}`)
}

main().catch((error) => core.setFailed(error.message))
