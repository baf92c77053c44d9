/**
 * A server of a few answers, for trying the built app without the house: `node dev/mock.mjs [PORT]`. Never shipped.
 *
 * It speaks as doors/field and doors/openrosa do, keeps everything in memory, and can be unkind:
 * `curl -d busy localhost:PORT/mock/mode` — ok, busy (503), silent (the line dies half-way), forgetful (it takes the
 * post and the answer is lost), conflict (409), malformed (400), revoked (401), large (413 above 1 MB), liar (a receipt
 * with a wrong hash), portal (the sign-in page of a public network), signed-out (the session has ended).
 * GET /mock/held says what has arrived.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const doors = join(root, 'mingcha/doors');
const built = process.env.APP ?? join(doors, 'field/static/field/app');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.json': 'application/json', '.wasm': 'application/wasm' };
const styles = ['tokens', 'base', 'layout', 'forms', 'tables', 'components', 'print'].map((name) => `/static/hall/css/${name}.css`);

const xform = readFileSync(join(import.meta.dirname, 'form.xml'), 'utf8');
const form = { form_id: 'village', version: '1', title: '村（监测点）检查表', sha256: sha256(xform), xform };
const site = (code, name) => ({
  code, name, type: 'village', type_name: '村（监测点）', address: '村委会旁', place: '中寨镇 虎龙口村', body: 'b1', body_name: '中寨镇人民政府',
});
const state = { mode: 'ok', person: 'inspector', opened: false, back: false, byStop: false, held: new Map(), devices: 0 };

const me = () => ({
  name: state.person === 'inspector' ? '李明' : '王芳', username: state.person, demo: true, language: 'zh-hans',
  now: '2021-10-27T18:00:00+08:00',
  lists: state.person !== 'inspector' || state.opened ? [] : [
    { id: 1, team: '第一检查组', campaign: '秋季督查', count: 3, departs_at: '2021-10-27T08:00:00+08:00', ready: true, why: '' },
    { id: 2, team: '第一检查组', campaign: '秋季督查', count: 4, departs_at: '2021-10-28T08:00:00+08:00', ready: false, why: '还没有到出发时间。' },
  ],
  outings: state.opened ? [
    { id: 7, team: '第一检查组', campaign: '秋季督查', day: '2021-10-27', state: state.back ? 'back' : 'out', departed_at: '2021-10-27T08:05:00+08:00' },
  ] : [],
});
const taskPackage = () => ({
  version: 1,
  outing: { id: 7, team: '第一检查组', campaign: '秋季督查', day: '2021-10-27', office: '岷县纪委监委', state: state.back ? 'back' : 'out', emergency: false, stop_by_stop: state.byStop },
  person: { name: '李明', username: 'inspector' }, taken_at: '2021-10-27T08:06:00+08:00',
  stops: ['虎龙口村', '扎那村', '古庄村'].map((name, at) => ({ position: at + 1, site: site(`V${at + 1}`, name), form: 'village@1', state: '' })),
  forms: { 'village@1': form },
  general: [{ type: 'village', type_name: '村（监测点）', form: 'village@1' }],
  media: {
    'items.csv': 'name,label,catalogue\n1,值班值守不到位,一般\n2,"台账不实, 有涂改",一般\n',
    'bodies.csv': 'name,label,kind\nb1,中寨镇人民政府,township\n',
    'sites.csv': 'name,label,type,township,address\nV1,虎龙口村,village,中寨镇,村委会旁\nV9,牛家村,village,寺沟镇,国道边\n',
  },
  recording: { covert_audio: false, basis: '', until: null },
});

function openrosa(response, status, words, more = '') {
  response.writeHead(status, { 'Content-Type': 'text/xml; charset=utf-8', 'X-OpenRosa-Version': '1.0', ...(status === 503 ? { 'Retry-After': '2' } : {}) });
  response.end(`<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="${status < 300 ? 'submit_success' : 'submit_error'}">${words}</message>${more}</OpenRosaResponse>`);
}

/** The parts of a multipart body: name → bytes. */
function partsOf(body, type) {
  const parts = new Map();
  const mark = Buffer.from(`--${/boundary=(.+)$/.exec(type)?.[1]}`);
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    const split = part.indexOf('\r\n\r\n');
    parts.set(/ name="([^"]+)"/.exec(part.subarray(0, split).toString())?.[1], part.subarray(split + 4));
    at = next;
  }
  return parts;
}

function submission(request, response, body) {
  const refusals = { busy: [503, '服务器忙'], conflict: [409, '同一编号已有不同内容'], malformed: [400, '读不懂'], revoked: [401, '登记已撤销'] };
  if (state.mode === 'portal') return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>请先登录本网络</p>');
  if (refusals[state.mode]) return openrosa(response, ...refusals[state.mode]);
  if (!/^Bearer token-/.test(request.headers.authorization ?? '')) return openrosa(response, 401, '没有登记');
  if (state.mode === 'large' && body.length > 1024 * 1024) return response.writeHead(413).end('<html></html>');
  const parts = partsOf(body, request.headers['content-type']);
  const xml = parts.get('xml_submission_file')?.toString() ?? '';
  const instance = /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1];
  if (!instance) return openrosa(response, 400, '没有编号');
  const known = state.held.get(instance);
  if (known && known.xml !== xml) return openrosa(response, 409, '同一编号已有不同内容');
  const held = known ?? { xml, files: new Map(), by: request.headers.authorization };
  for (const [name, bytes] of parts) if (name !== 'xml_submission_file') held.files.set(name, sha256(bytes));
  state.held.set(instance, held);
  if (state.mode === 'forgetful') return request.socket.destroy();
  const hash = state.mode === 'liar' ? '0'.repeat(64) : sha256(xml);
  const files = [...held.files].map(([name, value]) => `<file name="${name}" sha256="${value}"/>`).join('');
  openrosa(response, known ? 202 : 201, '已收到', `<receipt xmlns="urn:mingcha:receipt" instance="${instance}" sha256="${hash}">${files}</receipt>`);
}

function assets() {
  const manifest = JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8'));
  const files = new Set(Object.values(manifest).flatMap((entry) => [entry.file, ...(entry.css ?? []), ...(entry.assets ?? [])]));
  const entry = manifest['src/main.ts'];
  const at = (name) => `/static/field/app/${name}`;
  return { script: at(entry.file), css: (entry.css ?? []).map(at), files: [...styles, '/static/field/css/field.css', ...[...files].map(at)] };
}

function shell() {
  const { script, css } = assets();
  const links = [...styles.slice(0, -1), '/static/field/css/field.css', ...css].map((one) => `<link rel="stylesheet" href="${one}">`).join('');
  return `<!doctype html><html lang="zh-hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><title>现场</title>${links}<link rel="stylesheet" href="${styles.at(-1)}" media="print"><script type="module" src="${script}"></script></head><body><div id="app"></div></body></html>`;
}

const json = (response, body, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self' data:; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

function answer(request, response, path, body) {
  if (path === '/mock/mode') return response.end((state.mode = body.toString().trim()));
  if (path === '/mock/state') return json(response, Object.assign(state, JSON.parse(body.toString())));
  if (path === '/mock/held') return json(response, [...state.held].map(([instance, { files, by, xml }]) => ({ instance, by, xml, files: Object.fromEntries(files) })));
  if (path === '/submission') {
    if (request.method === 'HEAD') return response.writeHead(204, { 'X-OpenRosa-Version': '1.0', 'X-OpenRosa-Accept-Content-Length': '100000000' }).end();
    return submission(request, response, body);
  }
  if (path.startsWith('/field/app/') && state.mode === 'signed-out') return json(response, { error: '登录已过期', sign_in: '/sign-in?next=/field/' }, 401);
  if (path === '/field/app/me/') return json(response, me());
  if (path === '/field/app/device/') return json(response, { device: ++state.devices, token: `token-${state.person}-${state.devices}` }, 201);
  if (path === '/field/app/lists/1/open/') return json(response, ((state.opened = true), { outing: 7 }));
  if (path === '/field/app/outings/7/package/') return json(response, taskPackage());
  if (path === '/field/app/outings/7/return/') return json(response, ((state.back = true), { state: 'back' }));
  if (path === '/field/') return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy, 'Set-Cookie': 'csrftoken=mock; Path=/' }).end(shell());
  if (path === '/field/sw.js') {
    const { files } = assets();
    const text = readFileSync(join(doors, 'field/templates/field/sw.js'), 'utf8').replace(/\{% \w+ ?\w* %\}/g, '');
    return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(text.replace('{{ version }}', sha256(files.join()).slice(0, 12)).replace('{{ files }}', JSON.stringify(files)));
  }
  const places = [path.replace('/static/field/app', built), ...['hall', 'field'].map((door) => join(doors, door, path))];
  const file = places.find((one) => path.startsWith('/static/') && existsSync(one) && statSync(one).isFile());
  if (!file) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
}

const server = createServer((request, response) => {
  const chunks = [];
  const path = new URL(request.url, 'http://localhost').pathname;
  request.on('data', (chunk) => {
    chunks.push(chunk);
    if (state.mode === 'silent' && path === '/submission') request.socket.destroy();
  });
  request.on('end', () => answer(request, response, path, Buffer.concat(chunks)));
});
server.listen(Number(process.argv[2] ?? 8765), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/field/`));
