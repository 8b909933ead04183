"""What ERPs call the fields of the canonical model: lower case, without separators, the surest name first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NAMES: Mapping[str, Sequence[str]] = {
    "number": ("no", "displaynumber", "code", "documentnumber", "invoiceno", "orderno", "ref"),
    "name": ("displayname", "fullname", "companyname", "title", "description"),
    "first_name": ("givenname", "firstname"),
    "last_name": ("surname", "familyname"),
    "organisation_number": (
        "organizationnumber", "orgnumber", "orgno", "organisationno", "organizationno", "businessid",
        "registrationnumber", "companyregistrationnumber", "companynumber", "corporateidentificationnumber",
    ),
    "vat_number": ("vatregistrationnumber", "vatregistrationno", "vatregnumber", "vatid", "taxnumber"),
    "private_individual": ("isprivateindividual", "isprivate", "isperson"),
    "active": ("isactive", "enabled", "isenabled"),
    "email": ("emailaddress", "mail", "primaryemail"),
    "invoice_email": ("emailinvoice", "billingemail", "invoiceemailaddress"),
    "phone": ("phonenumber", "telephone", "telephonenumber", "phone1", "tel"),
    "mobile_phone": ("mobile", "mobilenumber", "mobilephonenumber", "phonenumbermobile", "cellphone"),
    "website": ("url", "homepage", "web", "websiteurl", "webaddress"),
    "language": ("languagecode", "locale"),
    "payment_terms_days": ("paymenttermsdays", "creditdays", "daysuntilduedate", "duedays", "paymentdays"),
    "credit_limit": ("creditlimitamount", "maxcredit"),
    "discount_percentage": ("discountpercent", "discountrate", "discount"),
    "account_manager_id": ("accountmanager", "salesperson", "salesrep", "ourcontact"),
    "manager_id": ("departmentmanager", "leader", "responsible"),
    "project_manager_id": ("manager", "projectleader", "responsible"),
    "sales_person_id": ("salesperson", "seller", "salesrep", "ourcontact"),
    "buyer_id": ("buyer", "purchaser", "ourcontact"),
    "parent_id": ("parent", "mainproject", "parentproject", "parentaccount"),
    "description": ("comment", "comments", "notes", "note", "text", "longdescription"),
    "note": ("notes", "comment", "comments", "invoicetext", "text", "remarks", "description"),
    "issue_date": ("invoicedate", "orderdate", "date", "documentdate", "postingdate"),
    "posting_date": ("voucherdate", "bookingdate", "accountingdate"),
    "due_date": ("invoiceduedate", "paymentduedate", "duedatetime"),
    "delivery_date": ("requesteddeliverydate", "shipmentdate", "shippingdate"),
    "start_date": ("startdate", "startson", "fromdate", "employmentdate", "hiredate", "start"),
    "end_date": ("enddate", "endson", "todate", "terminationdate", "end"),
    "date": ("workdate", "entrydate", "postingdate", "transactiondate", "day"),
    "hours": ("numberofhours", "quantity", "duration", "timeinhours", "units"),
    "billable": ("isbillable", "chargeable", "ischargeable", "invoiceable"),
    "locked": ("islocked", "approved", "isapproved"),
    "total_excluding_tax": (
        "totalexcludingvat", "amountexcludingvat", "totalamountexcludingtax", "totalamountexcludingvat",
        "netamount", "nettotal", "totalnet", "net", "subtotal", "amountexcludingtax",
    ),
    "tax_amount": ("vatamount", "totalvat", "vat", "totaltax", "totaltaxamount", "tax", "vattotal"),
    "total_including_tax": (
        "totalincludingvat", "amountincludingvat", "totalamountincludingtax", "totalamountincludingvat",
        "grossamount", "grosstotal", "gross", "totalamount", "total", "amount",
    ),
    "outstanding_amount": ("amountoutstanding", "remainingamount", "balance", "amountdue", "openamount"),
    "payment_reference": ("kid", "paymentid", "ocr", "ocrnumber"),
    "customer_reference": ("yourreference", "externalreference", "customerref", "reference"),
    "supplier_reference": ("yourreference", "vendorreference", "externalreference"),
    "unit": ("unitname", "unitofmeasure", "baseunit", "unitcode", "uom"),
    "gtin": ("ean", "eancode", "barcode"),
    "unit_price_excluding_tax": (
        "priceexcludingvat", "priceexcludingvatcurrency", "unitprice", "salesprice", "price", "netprice",
    ),
    "unit_price_including_tax": ("priceincludingvat", "grossprice"),
    "unit_cost": ("costprice", "cost", "purchaseprice", "costexcludingvatcurrency"),
    "tax_percentage": ("vatpercentage", "vatpercent", "taxrate", "vatrate"),
    "tax_code": ("vatcode", "vattypeid", "vatid", "taxtype"),
    "stock_item": ("isstockitem", "isinventory", "istrackedasinventory"),
    "type": ("category", "kind"),
    "status": ("state",),
    "created_at": ("created", "createddate", "createddatetime", "createdon", "datecreated", "createdtime"),
    "updated_at": (
        "updated", "modified", "changed", "lastmodified", "lastmodifieddatetime", "lastmodifieddate",
        "updateddate", "modifieddate", "lastchanged", "changeddate", "modifiedat", "changedat", "updatedon",
    ),
    "amount": ("amountcurrency", "postedamount", "debitcreditamount", "value"),
    "voucher_number": ("documentnumber", "documentno", "vouchernumber"),
    "account_number": ("accountno", "accountcode", "glaccount"),
    "planned_hours": ("budgethours", "estimatedhours"),
    "customer_id": ("client", "debtor", "contact", "sellto", "billto"),
    "supplier_id": ("vendor", "creditor", "contact", "paytovendor"),
    "employee_id": ("user", "worker", "person", "resource"),
    "project_id": ("job",),
}  # fmt: skip

INVERTED: Mapping[str, Sequence[str]] = {
    "active": (
        "inactive",
        "isinactive",
        "disabled",
        "isdisabled",
        "archived",
        "isarchived",
        "isclosed",
        "closed",
    ),
}
"""Names that say the opposite."""

ADDRESS: Mapping[str, Any] = {
    "postal_address": ("address", "mailingaddress", "billingaddress", "postaddress", "invoiceaddress", ""),
    "visiting_address": ("physicaladdress", "streetaddress", "businessaddress"),
    "delivery_address": ("shippingaddress", "shiptoaddress"),
    "parts": {
        "line_1": ("addressline1", "line1", "address1", "street1", "street", "streetaddress", "streetname"),
        "line_2": ("addressline2", "line2", "address2", "street2", "streetaddressline2"),
        "postal_code": ("postalcode", "postcode", "zipcode", "zip"),
        "city": ("city", "town", "place"),
        "country": ("countrycode", "countryisocode", "countryisoalpha2code", "isocountrycode"),
    },
}
"""Names of addresses (an empty one: the record itself) and of their parts; a country must be an ISO code."""
