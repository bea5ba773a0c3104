-- One row for each SKU, with Commerce Layer's names for the columns. A cell without a value leaves the
-- attribute of an existing SKU as it is.
copy (
  select sku as code, title as name, blurb as description, gram as weight, 'gr' as unit_of_weight
  from articles
  where active
  order by sku
) to stdout with (format csv, header)
