-- Colours and folds by tree-sitter, where the parser has been built: editors/tree-sitter-zeroql/build.py. Neovim 0.7 or newer.
local M = {}

function M.has_parser()
  local language = vim.treesitter.language
  if language and language.add then
    local called, added = pcall(language.add, 'zeroql')
    return called and added ~= false and #vim.api.nvim_get_runtime_file('parser/zeroql.*', false) > 0
  end
  return vim.treesitter.require_language('zeroql', nil, true)
end

function M.colour(buffer)
  if vim.treesitter.start then
    vim.treesitter.start(buffer, 'zeroql')
  else
    vim.treesitter.highlighter.new(vim.treesitter.get_parser(buffer, 'zeroql'))
  end
end

-- The level of each line and the lines where a fold begins. Things that span the same lines are one fold.
local function fold_levels(buffer)
  local get_query = vim.treesitter.query and vim.treesitter.query.get or vim.treesitter.get_query
  local root = vim.treesitter.get_parser(buffer, 'zeroql'):parse()[1]:root()
  local lines = vim.api.nvim_buf_line_count(buffer)
  local levels, begins, seen = {}, {}, {}
  for _, node in get_query('zeroql', 'folds'):iter_captures(root, buffer, 0, lines) do
    local first, _, last, column = node:range()
    if column == 0 then last = last - 1 end
    local span = first .. ' ' .. last
    if last > first and not seen[span] then
      seen[span] = true
      begins[first] = true
      for line = first, last do levels[line] = (levels[line] or 0) + 1 end
    end
  end
  return { tick = vim.api.nvim_buf_get_changedtick(buffer), levels = levels, begins = begins }
end

local known = {}

function M.fold_level(line)
  local buffer = vim.api.nvim_get_current_buf()
  if not known[buffer] or known[buffer].tick ~= vim.api.nvim_buf_get_changedtick(buffer) then
    known[buffer] = fold_levels(buffer)
  end
  local folds = known[buffer]
  return (folds.begins[line - 1] and '>' or '') .. (folds.levels[line - 1] or 0)
end

return M
