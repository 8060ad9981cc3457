{# All crosswalk seeds as one; `*` stands for every system, or for every code not listed. #}
{{ union_of_crosswalks() }}
