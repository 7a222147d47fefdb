; The layout of `zerodb fmt`: what is in brackets stands two blanks to the right, and the closing bracket below the line that opened it.

[
  (subquery)
  (titems)
  (tuple_row)
  (idlist)
  (args)
  (opts)
  (in_list)
  (paren)
  (tuple)
  (tuple_type)
  (array)
  (object)
  (object_type)
  (hashset)
  (hashmap)
  (case)
] @indent.begin

[")" "]" "}" "END"] @indent.branch
