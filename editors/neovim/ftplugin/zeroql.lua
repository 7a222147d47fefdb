-- Starts the language server for a script, one for each workspace, and tree-sitter if its parser has been built. Neovim 0.7 or newer.
-- vim.g.zerodb_program names the executable, vim.g.zerodb_options are the server's options, vim.g.zerodb_folds asks for folds.
vim.bo.commentstring = '-- %s'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2

local tree = require('zeroql_tree')
if tree.has_parser() then
  tree.colour(vim.api.nvim_get_current_buf())
  if vim.g.zerodb_folds then
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = "v:lua.require'zeroql_tree'.fold_level(v:lnum)"
  end
end

if vim.g.zerodb_no_server or vim.bo.buftype ~= '' then return end

local function root_of(path)
  local found = vim.fn.finddir('.git', vim.fn.fnamemodify(path, ':p:h') .. ';')
  return found ~= '' and vim.fn.fnamemodify(found, ':p:h:h') or vim.fn.getcwd()
end

local buffer = vim.api.nvim_get_current_buf()
local root = root_of(vim.api.nvim_buf_get_name(buffer))
local options = {
  name = 'zerodb',
  cmd = { vim.g.zerodb_program or 'zerodb', 'lsp' },
  root_dir = root,
  init_options = vim.g.zerodb_options,
  workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ':t') } },
}
if vim.lsp.start then
  vim.lsp.start(options)
  return
end
-- Neovim 0.7 has no vim.lsp.start.
for _, client in pairs(vim.lsp.get_active_clients()) do
  if client.name == 'zerodb' and client.config.root_dir == root then
    vim.lsp.buf_attach_client(buffer, client.id)
    return
  end
end
vim.lsp.buf_attach_client(buffer, vim.lsp.start_client(options))
