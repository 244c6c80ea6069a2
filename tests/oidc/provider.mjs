// An OpenID provider for tests. At / a real one (npm oidc-provider) with its own pages for signing in; at /liar/FAULT/ one of our own that
// tells one lie each, as no real one would. Prints its port. Loopback only.
//   node provider.mjs REDIRECT_URI [claims in the ID token: yes|no]
import { createServer } from 'node:http'
import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import Provider from 'oidc-provider'

const [redirectUri, inToken] = process.argv.slice(2)

function signingKey(kid, kind) {
  const { privateKey } = kind === 'RSA' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: kind === 'RSA' ? 'RS256' : 'ES256' }
}
const publicOf = ({ kty, kid, use, alg, n, e, crv, x, y }) => JSON.parse(JSON.stringify({ kty, kid, use, alg, n, e, crv, x, y }))

// --- the real one ---------------------------------------------------------------------------------------------------------------------
const people = {
  anna: { email: 'Anna@Example.net', email_verified: true },
  anna2: { email: 'anna@example.net', email_verified: true },
  unverified: { email: 'anna@example.net', email_verified: false },
  stranger: { email: 'stranger@example.org', email_verified: true },
  out: { email: 'out@example.net', email_verified: true },
  // invited, and moved to another address there later
  ben: { email: 'ben@example.net', email_verified: true },
}
let turn = 0
let issuer
function makeProvider() {
  turn += 1
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'rebound', client_secret: 'a secret/with+signs:%', redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'] },
      { client_id: 'rebound-es', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
      { client_id: 'rebound-post', client_secret: 'posted', redirect_uris: [redirectUri], token_endpoint_auth_method: 'client_secret_post' },
    ],
    jwks: { keys: [signingKey(`rsa-${turn}`, 'RSA'), signingKey(`ec-${turn}`, 'EC')] },
    cookies: { keys: ['for tests only'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: inToken === 'no',
    findAccount: (ctx, id) => (people[id] ? { accountId: id, claims: () => ({ sub: id, name: id, ...people[id] }) } : undefined),
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, Interaction: 300, Session: 300, Grant: 300 },
  })
  return provider.callback()
}

// --- the liar ---------------------------------------------------------------------------------------------------------------------------
const good = signingKey('good', 'RSA')
const evil = signingKey('good', 'RSA')
const nonces = new Map()
const b64 = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url')
function token(claims, { header = { alg: 'RS256', kid: 'good' }, key = good } = {}) {
  const text = `${b64(header)}.${b64(claims)}`
  let signature = ''
  if (header.alg === 'HS256') signature = createHmac('sha256', JSON.stringify(publicOf(good))).update(text).digest('base64url')
  else if (header.alg !== 'none') signature = sign('sha256', Buffer.from(text), createPrivateKey({ key, format: 'jwk' })).toString('base64url')
  return `${text}.${signature}`
}
function lie(fault, base, code) {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: base, aud: 'rebound', sub: 'liar-anna', nonce: nonces.get(code), exp: now + 300, iat: now, email: 'anna@example.net', email_verified: true }
  switch (fault) {
    case 'nonce': return token({ ...claims, nonce: 'another' })
    case 'no-nonce': return token({ ...claims, nonce: undefined })
    case 'aud': return token({ ...claims, aud: 'somebody-else' })
    case 'azp': return token({ ...claims, aud: ['rebound', 'x'], azp: 'x' })
    case 'iss': return token({ ...claims, iss: 'https://id.example' })
    case 'expired': return token({ ...claims, exp: now - 600, iat: now - 900 })
    case 'future': return token({ ...claims, iat: now + 3600, exp: now + 7200 })
    case 'none': return token(claims, { header: { alg: 'none' } })
    case 'hs256': return token(claims, { header: { alg: 'HS256', kid: 'good' } })
    case 'key': return token(claims, { key: evil })
    case 'kid': return token(claims, { header: { alg: 'RS256', kid: 'never-published' }, key: evil })
    case 'verified-word': return token({ ...claims, email_verified: 'true' })
    case 'nul': return token({ ...claims, email: 'anna@example.net\u0000.evil.example' })
    default: return token(claims)
  }
}
function liar(req, res, url) {
  const [, , fault, ...rest] = url.pathname.split('/')
  const base = `${issuer}/liar/${fault}`
  const json = (status, v, headers = {}) => { res.writeHead(status, { 'content-type': 'application/json', ...headers }); res.end(typeof v === 'string' ? v : JSON.stringify(v)) }
  switch (rest.join('/')) {
    case '.well-known/openid-configuration': {
      const doc = { issuer: base, authorization_endpoint: `${base}/auth`, token_endpoint: `${base}/token`, jwks_uri: `${base}/jwks`, userinfo_endpoint: `${base}/me`,
        response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'] }
      if (fault === 'large') return json(200, JSON.stringify({ ...doc, more: 'x'.repeat(10 * 1024 * 1024) }))
      if (fault === 'other-issuer') return json(200, { ...doc, issuer: 'https://id.example' })
      if (fault === 'plain-http') return json(200, { ...doc, token_endpoint: 'http://id.example/token' })
      if (fault === 'html') { res.writeHead(200, { 'content-type': 'text/html' }); return res.end('<html>sign in to the hotel network</html>') }
      if (fault === 'redirect') return json(302, '', { location: `${issuer}/liar/well/.well-known/openid-configuration` })
      if (fault === 'broken') return res.destroy()
      return json(200, doc)
    }
    case 'auth': {
      const code = randomBytes(16).toString('hex')
      nonces.set(code, url.searchParams.get('nonce'))
      const back = new URL(url.searchParams.get('redirect_uri'))
      back.searchParams.set('state', url.searchParams.get('state'))
      if (fault === 'denied') back.searchParams.set('error', 'access_denied')
      else if (fault === 'fails') back.searchParams.set('error', 'server_error')
      else back.searchParams.set('code', code)
      if (fault === 'mixed-up') back.searchParams.set('iss', 'https://id.example')
      back.searchParams.set('session_state', 'of no concern')
      return json(303, '', { location: back.href })
    }
    case 'token': {
      let body = ''
      req.on('data', (d) => { body += d })
      req.on('end', () => {
        const code = new URLSearchParams(body).get('code')
        if (!nonces.has(code)) return json(400, { error: 'invalid_grant' })
        if (fault === 'no-id-token') return json(200, { access_token: 'x', token_type: 'Bearer' })
        if (fault === 'large-token') return json(200, { access_token: 'x', id_token: 'x'.repeat(3 * 1024 * 1024) })
        if (fault === 'not-json') return json(200, 'thank you')
        const id_token = fault === 'other-userinfo' ? token({ iss: base, aud: 'rebound', sub: 'liar-anna', nonce: nonces.get(code), exp: Date.now() / 1000 + 300, iat: Date.now() / 1000 }) : lie(fault, base, code)
        json(200, { access_token: 'x', token_type: 'Bearer', id_token })
        if (fault !== 'again') nonces.delete(code)
      })
      return undefined
    }
    case 'me': return json(200, { sub: 'somebody-else', email: 'anna@example.net', email_verified: true })
    case 'jwks': return json(200, { keys: [publicOf(good)] })
    default: return json(404, {})
  }
}

let real
const server = createServer((req, res) => {
  const url = new URL(req.url, issuer)
  if (url.pathname.startsWith('/liar/')) return liar(req, res, url)
  if (url.pathname === '/-/rotate') { real = makeProvider(); return res.end('new keys\n') }
  if (url.pathname === '/-/move') { people.ben.email = 'ben@elsewhere.example'; return res.end('ben has moved\n') }
  return real(req, res)
})
server.listen(0, '127.0.0.1', () => {
  issuer = `http://localhost:${server.address().port}`
  real = makeProvider()
  console.log(`port ${server.address().port}`)
})
process.stdin.on('end', () => process.exit(0)).resume()
