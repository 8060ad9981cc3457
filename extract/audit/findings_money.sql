-- Claims and their answers, charges, payments and packages.
with

-- A claim total and its lines are compared as decimals: 52.25 is not 52.2499.
lines as (

    select
        system,
        id,
        cast(json_extract_string(line, '$.net.value') as decimal(38, 6)) as net,
        cast(json_extract_string(line, '$.quantity.value') as decimal(38, 6)) as quantity
    from (select system, id, unnest(json_extract(lines, '$[*]')) as line from claim)

),

summed as (

    select
        system,
        id,
        sum(net) as net,
        count(*) = count(net) as is_priced,
        bool_or(net is null) as lacks_price,
        bool_or(net < 0) as has_negative,
        bool_or(quantity = 0) as has_zero_quantity
    from lines
    group by system, id

),

answers as (

    select
        answer.system,
        bare_id(answer.request) as claim_id,
        answer.outcome,
        replace(lower(trim(answer.disposition)), ' ', '-') as disposition,
        row_number() over (
            partition by answer.system, answer.request order by answer.created desc, answer.id desc
        ) as place,
        count(*) over (partition by answer.system, answer.request) as answers
    from claim_response as answer
    where answer.request is not null

),

claims as (

    select
        claim.system,
        claim.id,
        claim.status,
        claim.type_code,
        cast(claim.total as decimal(38, 6)) as total,
        summed.*,
        answers.outcome,
        answers.disposition,
        answers.answers
    from claim
    left join summed on claim.system = summed.system and claim.id = summed.id
    left join answers
        on claim.system = answers.system and claim.id = answers.claim_id and answers.place = 1

),

judged_claims as (

    select
        system,
        'claim' as table_name,
        id,
        unnest([
            case when status = 'cancelled' then 'claim_void' end,
            case when answers > 1 then 'claim_answered_twice' end,
            case when outcome = 'error' then 'claim_error' end,
            case when outcome = 'queued' then 'claim_pending' end,
            case when outcome = 'complete' and disposition = 'paid' then 'claim_paid' end,
            case when disposition = 'denied' then 'claim_denied' end,
            case
                when disposition in ('partially-paid', 'partly-paid') or (
                    disposition is null and outcome = 'partial'
                )
                    then 'claim_partly_paid'
            end,
            case
                when outcome = 'complete' and not list_contains(
                    (select codes from known where element = 'claim_disposition'), disposition
                )
                    then 'claim_disposition_unknown'
            end,
            case when is_priced and net != total then 'claim_total_differs_from_lines' end,
            case when lacks_price then 'claim_line_without_price' end,
            case when has_negative then 'claim_line_with_negative_net' end,
            case when has_zero_quantity then 'claim_line_with_zero_quantity' end,
            case
                when not list_contains(
                    (select codes from known where element = 'claim_type'), type_code
                )
                    then 'claim_type_unknown_code'
            end
        ]) as finding
    from claims

),

judged_charges as (

    select
        system,
        'invoice' as table_name,
        id,
        unnest([
            case when status = 'cancelled' then 'charge_cancelled' end,
            case when cast(total as decimal(38, 6)) < 0 then 'charge_negative' end
        ]) as finding
    from invoice

),

judged_packages as (

    select
        system,
        'charge_item' as table_name,
        id,
        unnest([
            case when quantity is null then 'charge_item_without_quantity' end,
            case
                when len(list_filter(
                    json_extract(extensions, '$[*]'),
                    lambda one: ends_with(json_extract_string(one, '$.url'), '/prepaid')
                        and json_extract_string(one, '$.valueBoolean') = 'false'
                )) > 0
                    then 'charge_item_not_prepaid'
            end
        ]) as finding
    from charge_item

),

payments as (

    select
        payment_notice.system,
        payment_notice.id,
        json_extract_string(
            list_first(list_filter(
                json_extract(payment_notice.extensions, '$[*]'),
                lambda one: ends_with(json_extract_string(one, '$.url'), '/payment-method')
            )),
            '$.valueCode'
        ) as method
    from payment_notice

),

judged_payments as (

    select
        payments.system,
        'payment_notice' as table_name,
        payments.id,
        unnest([
            case
                when not list_contains(
                    (select codes from known where element = 'payment_method'), payments.method
                )
                    then 'payment_method_unknown_code'
            end,
            case when named.id is null then 'payment_without_patient' end
        ]) as finding
    from payments
    left join (
        select distinct system, id from reference
        where table_name = 'payment_notice' and target_type = 'Patient'
    ) as named
        on payments.system = named.system and payments.id = named.id

)

select * from judged_claims where finding is not null
union all
select * from judged_charges where finding is not null
union all
select * from judged_packages where finding is not null
union all
select * from judged_payments where finding is not null
