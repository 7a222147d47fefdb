-- Says what tree-sitter makes of the script of tree_sitter_test.py in this Neovim: the colours of some words, the folds, and both after an edit.
local function say(...) io.stdout:write(table.concat({ ... }, ' '), '\n') end

local buffer = vim.api.nvim_get_current_buf()
local get_query = vim.treesitter.query and vim.treesitter.query.get or vim.treesitter.get_query

local function root() return vim.treesitter.get_parser(buffer, 'zeroql'):parse()[1]:root() end

-- The captures of the highlights at the first place of the text, the innermost last.
local function captures_at(text)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local query = get_query('zeroql', 'highlights')
  for row, line in ipairs(lines) do
    local column = line:find(text, 1, true)
    if column then
      local names = {}
      for id, node in query:iter_captures(root(), buffer, row - 1, row) do
        local first_row, first, last_row, last = node:range()
        local begins = first_row < row - 1 or first <= column - 1
        local ends = last_row > row - 1 or last > column - 1
        if begins and ends and first_row <= row - 1 and last_row >= row - 1 then table.insert(names, query.captures[id]) end
      end
      return table.concat(names, ',')
    end
  end
end

local function fold_levels()
  vim.cmd('normal! zx')
  local levels = {}
  for line = 1, vim.fn.line('$') do table.insert(levels, vim.fn.foldlevel(line)) end
  return table.concat(levels, ' ')
end

say('active', tostring(vim.treesitter.highlighter.active[buffer] ~= nil))
for _, text in ipairs({ 'DEFINE', 'person', 'name', 'string', "re'", '^a', '42', '-- note', "\\n", 'upper', 'select', 'IS NOT' }) do
  say(text, captures_at(text) or 'absent')
end
say('folds', fold_levels())
for _, name in ipairs({ 'folds', 'indents', 'injections', 'locals', 'textobjects' }) do
  say(name, #get_query('zeroql', name).captures > 0 and 'loads' or 'is empty')
end
vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { 'SELECT 1 + ;', '' })
say('mistake', tostring(root():has_error()))
vim.api.nvim_buf_set_lines(buffer, 0, 1, false, { 'SELECT [', '1', '];' })
say('mended', tostring(root():has_error()))
say('folds', fold_levels())
vim.cmd('qa!')
