-- A shop's articles as another system keeps them.
create table articles (
  sku text primary key,
  title text not null,
  -- What the shop shows below the title; null where nobody has written it.
  blurb text,
  gram numeric(8, 1) not null check (gram > 0),
  active boolean not null default true
);

insert into articles
select 'ART-' || to_char(n, 'FM0000'), 'Article ' || n || ', "blue"', case n % 3 when 0 then 'Made by hand' end, n * 1.5, n % 10 <> 0
from generate_series(1, 500) as n;
