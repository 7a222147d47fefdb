-- Neovim's own client: edits, questions, a rename and formatting. Prints what it was told.
local said = {}
local function say(...) table.insert(said, table.concat(vim.tbl_map(tostring, { ... }), ' ')) end

vim.cmd('edit q.zql')
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = 'zerodb', cmd = { vim.env.ZERODB, 'lsp' }, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(buffer, client)

local function ask(method, line, character, more)
  local parameters = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = line, character = character } }
  return vim.lsp.buf_request_sync(buffer, method, vim.tbl_extend('force', parameters, more or {}), 10000)[client].result
end

local function span(line, first, last)
  return { start = { line = line, character = first }, ['end'] = { line = line, character = last } }
end

vim.wait(10000, function() return #vim.diagnostic.get(buffer) > 0 end, 20)
for _, each in ipairs(vim.diagnostic.get(buffer)) do say('diagnostic', each.lnum, each.col, each.code) end
say('hover', ask('textDocument/hover', 1, 10).contents.value:match('\n(.-)\n'))
local labels = {}
for _, item in ipairs(ask('textDocument/completion', 1, 9).items) do table.insert(labels, item.label) end
say('completion', table.concat(labels, ' '))
say('definition', ask('textDocument/definition', 1, 10)[1].uri:match('[^/]*$'))
say('references', #ask('textDocument/references', 1, 10, { context = { includeDeclaration = true } }))
say('semantic tokens', #ask('textDocument/semanticTokens/full', 0, 0).data / 5)
say('types', table.concat(vim.tbl_map(function(each) return each.label end, ask('textDocument/inlayHint', 0, 0, { range = span(1, 0, 20) })), ' '))

-- What is offered where the mistake is, and applied as a user would choose it.
local actions = ask('textDocument/codeAction', 0, 7, { range = span(0, 7, 10), context = { diagnostics = {} } })
say('action', actions[1].title)
vim.lsp.util.apply_workspace_edit(actions[1].edit, vim.lsp.get_client_by_id(client).offset_encoding)
say('mended', vim.api.nvim_buf_get_lines(buffer, 0, 1, false)[1])
vim.api.nvim_buf_set_text(buffer, 0, 7, 0, 11, { 'p.age' })
vim.wait(10000, function() return #vim.diagnostic.get(buffer) == 0 end, 20)
say('after edit', #vim.diagnostic.get(buffer))

vim.api.nvim_win_set_cursor(0, { 2, 10 })
vim.lsp.buf.rename('title')
vim.wait(10000, function() return vim.api.nvim_buf_get_lines(buffer, 1, 2, false)[1]:find('title') end, 20)
if vim.lsp.buf.format then vim.lsp.buf.format({ timeout_ms = 10000 }) else vim.lsp.buf.formatting_sync(nil, 10000) end
say('text', table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), ' / '))
for _, each in ipairs(vim.api.nvim_list_bufs()) do
  if vim.api.nvim_buf_get_name(each):find('schema') then say('schema', vim.api.nvim_buf_get_lines(each, 0, 1, false)[1]) end
end
io.stdout:write(table.concat(said, '\n') .. '\n')
vim.lsp.stop_client(client)
vim.cmd('qa!')
