vim.filetype.add({ extension = { zql = 'zeroql' } })
