// Starts `zerodb lsp` and hands it the settings. All knowledge of the language is in the server.
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;
let results;

function options() {
  const settings = vscode.workspace.getConfiguration('zeroql');
  return { schema: settings.get('schema'), database: settings.get('database'), results: 'answer' };
}

async function start() {
  const command = vscode.workspace.getConfiguration('zeroql').get('program');
  client = new LanguageClient('zeroql', 'zeroql', { command, args: ['lsp'] }, {
    documentSelector: [{ language: 'zeroql' }],
    initializationOptions: options(),
    middleware: { executeCommand: execute },
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.zql') },
  });
  try {
    await client.start();
  } catch (failure) {
    vscode.window.showErrorMessage(`zeroql: \`${command} lsp\` does not start: ${failure.message}`);
  }
}

async function restart() {
  await client?.stop();
  await start();
}

// What a statement that was run gave, as the database's shell shows it.
async function execute(command, parameters, next) {
  const text = await next(command, parameters);
  if (typeof text !== 'string') return text;
  results ??= vscode.window.createOutputChannel('zeroql', 'plaintext');
  results.appendLine(text);
  results.show(true);
  return text;
}

// Definitions that are in no file.
const schemaDocuments = {
  provideTextDocumentContent: async (uri) =>
    (await client.sendRequest('workspace/textDocumentContent', { uri: uri.toString() })).text,
};

async function activate(context) {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('zerodb', schemaDocuments),
    vscode.commands.registerCommand('zeroql.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('zeroql.program')) return restart();
      if (change.affectsConfiguration('zeroql'))
        client?.sendNotification('workspace/didChangeConfiguration', { settings: { zerodb: options() } });
    }));
  await start();
}

module.exports = { activate, deactivate: () => client?.stop() };
