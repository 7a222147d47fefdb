// The protocol library of VS Code: every request that the server offers, with the library's own types. Prints `well` at the end.
const protocol = require('vscode-languageserver-protocol/node');
const assert = require('assert');
const { spawn } = require('child_process');
const { pathToFileURL } = require('url');

const server = spawn(process.env.ZERODB, ['lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = protocol.createProtocolConnection(
  new protocol.StreamMessageReader(server.stdout), new protocol.StreamMessageWriter(server.stdin));
const pushed = new Map();
let look = () => {};
connection.onNotification(protocol.PublishDiagnosticsNotification.type, (found) => { pushed.set(found.uri, found); look(); });
connection.listen();

const folder = pathToFileURL(process.cwd()).href;
const uri = folder + '/q.zql';
const textDocument = { uri };
const at = (line, character) => ({ textDocument, position: { line, character } });
const options = { tabSize: 2, insertSpaces: true };
const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
const diagnosed = (version) => new Promise((resolve) => {
  look = () => { if (pushed.get(uri)?.version === version) resolve(pushed.get(uri).diagnostics); };
  look();
});

async function main() {
  const ask = (request, parameters, token) => connection.sendRequest(request.type, parameters, token);
  const tell = (notification, parameters) => connection.sendNotification(notification.type, parameters);
  const { capabilities } = await ask(protocol.InitializeRequest, { processId: process.pid, rootUri: null, workspaceFolders: [{ uri: folder, name: 'w' }], capabilities: {} });
  assert.equal(capabilities.textDocumentSync.change, protocol.TextDocumentSyncKind.Incremental);
  await tell(protocol.InitializedNotification, {});
  const text = "SELECT nme, round(1.5, 1) FROM person  AS p;\nSELECT a b FROM person AS p";
  await tell(protocol.DidOpenTextDocumentNotification, { textDocument: { uri, languageId: 'zeroql', version: 1, text } });
  assert.deepEqual((await diagnosed(1)).map((each) => each.code), ['E0202', 'E0103']);
  await tell(protocol.DidChangeTextDocumentNotification, { textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start: { line: 0, character: 7 }, end: { line: 0, character: 10 } }, text: 'p.name' }] });
  const diagnostics = await diagnosed(2);
  assert.deepEqual(diagnostics.map((each) => each.code), ['E0103']);
  assert((await ask(protocol.CompletionRequest, at(0, 9))).items.some((item) => item.label === 'age'));
  assert((await ask(protocol.HoverRequest, at(0, 10))).contents.value.includes('person.name string'));
  assert((await ask(protocol.DefinitionRequest, at(0, 10)))[0].uri.endsWith('schema.zql'));
  assert.equal((await ask(protocol.ReferencesRequest, { ...at(0, 10), context: { includeDeclaration: true } })).length, 2);
  assert.equal((await ask(protocol.DocumentHighlightRequest, at(0, 10))).length, 1);
  assert.equal((await ask(protocol.PrepareRenameRequest, at(0, 10))).placeholder, 'name');
  assert.equal(Object.keys((await ask(protocol.RenameRequest, { ...at(0, 10), newName: 'title' })).changes).length, 2);
  assert((await ask(protocol.SignatureHelpRequest, at(0, 23))).signatures[0].label.startsWith('round('));
  assert.equal((await ask(protocol.DocumentFormattingRequest, { textDocument, options })).length, 1);
  assert.equal((await ask(protocol.DocumentRangeFormattingRequest, { textDocument, range: whole, options })).length, 1);
  assert.equal((await ask(protocol.CodeActionRequest, { textDocument, range: diagnostics[0].range, context: { diagnostics } })).length, 1);
  assert((await ask(protocol.SemanticTokensRequest, { textDocument })).data.length >= 50);
  assert.equal((await ask(protocol.DocumentDiagnosticRequest, { textDocument })).kind, 'full');
  assert.deepEqual((await ask(protocol.InlayHintRequest, { textDocument, range: whole })).map((each) => each.label), ['x =>', 'digits =>', ': string', ': float']);
  const schema = { uri: folder + '/schema.zql' };
  assert.deepEqual((await ask(protocol.DocumentSymbolRequest, { textDocument: schema })).map((each) => each.name), ['person']);
  await ask(protocol.FoldingRangeRequest, { textDocument });
  const [half] = await ask(protocol.CallHierarchyPrepareRequest, { textDocument: { uri: folder + '/half.schema.zql' }, position: { line: 0, character: 17 } });
  const [call] = await ask(protocol.CallHierarchyIncomingCallsRequest, { item: half });
  assert.deepEqual([call.from.name, call.fromRanges.length], ['quarter', 2]);
  assert((await ask(protocol.WorkspaceSymbolRequest, { query: 'person' })).length >= 1);
  assert((await ask(protocol.SelectionRangeRequest, { textDocument, positions: [{ line: 0, character: 9 }] }))[0].parent);
  const source = new protocol.CancellationTokenSource();
  const cancelled = ask(protocol.HoverRequest, at(0, 10), source.token);
  source.cancel();
  await cancelled.catch((failure) => assert.equal(failure.code, protocol.LSPErrorCodes.RequestCancelled));
  // What the linter finds comes behind what the checker finds.
  const found = new Promise((resolve) => {
    look = () => { const all = pushed.get(uri).diagnostics; if (pushed.get(uri).version === 3 && all.length) resolve(all); };
  });
  await tell(protocol.DidChangeTextDocumentNotification, { textDocument: { uri, version: 3 }, contentChanges: [{ text: 'SELECT name FROM person LIMIT 1;\n' }] });
  assert.deepEqual((await found).map((each) => [each.code, each.severity]), [['ZL202', protocol.DiagnosticSeverity.Warning]]);
  const actions = await ask(protocol.CodeActionRequest, { textDocument, range: whole, context: { diagnostics: await found } });
  assert.deepEqual(actions.map((each) => each.edit.changes[uri][0].newText), ['ORDER BY id ', '-- zerodb:allow ZL202 (say why)\n', 'FROM person SELECT name']);
  await ask(protocol.ShutdownRequest);
  await tell(protocol.ExitNotification);
}

const ended = new Promise((resolve) => server.on('exit', resolve));
main().then(() => ended).then((code) => { assert.equal(code, 0); console.log('well'); process.exit(0); })
  .catch((failure) => { console.error(failure); server.kill(); process.exit(1); });
