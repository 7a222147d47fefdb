-- Neovim's own lenses: they are shown, and one is run in the database. Prints what it was told.
local said = {}
local function say(...) table.insert(said, table.concat(vim.tbl_map(tostring, { ... }), ' ')) end

vim.lsp.handlers['window/showMessage'] = function(_, message) said[#said + 1] = vim.trim(message.message) end
vim.cmd('edit q.zql')
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({
  name = 'zerodb', cmd = { vim.env.ZERODB, 'lsp' }, root_dir = vim.fn.getcwd(), init_options = { database = 'shop' },
})
vim.lsp.buf_attach_client(buffer, client)
vim.wait(10000, function() return vim.lsp.get_client_by_id(client).initialized end, 20)
vim.lsp.codelens.refresh()
vim.wait(10000, function() return #vim.lsp.codelens.get(buffer) > 0 end, 20)
for _, each in ipairs(vim.lsp.codelens.get(buffer)) do say('lens', each.range.start.line, each.command.title) end

-- The first line has two; the editor would ask which.
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.api.nvim_win_set_cursor(0, { 1, 0 })
vim.lsp.codelens.run()
vim.wait(10000, function() return said[#said]:find('row') ~= nil end, 20)
io.stdout:write(table.concat(said, '\n') .. '\n')
vim.lsp.stop_client(client)
vim.cmd('qa!')
