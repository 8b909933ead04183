"""What the metadata of SAP's services says of the fields that the connector reads, as it was read.

The metadata of business partners is at hand as a file; test_metadata.py reads that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Fields = Mapping[str, str]


def typed(**names: str) -> Fields:
    """Return field -> OData type, from the fields' names by type."""
    return {name: f"Edm.{kind}" for kind, text in names.items() for name in text.split()}


@dataclass(frozen=True, slots=True)
class Published:
    """What a service's metadata says: its list, the head's fields, the navigation to its parts, their fields.

    ``source`` is the public file on GitHub in which it was read in November 2026, as project and commit.
    """

    path: str
    source: str
    head: Fields
    navigation: str = ""
    parts: Fields = field(default_factory=dict)


PUBLISHED = {
    "product": Published(
        "API_PRODUCT_SRV/A_Product",
        "gregorwolf/teched2020-DT261-cap 0524649",
        typed(
            String="Product ProductType ProductGroup BaseUnit ProductStandardID ProductOldID",
            Boolean="IsMarkedForDeletion",
            DateTime="CreationDate",
            DateTimeOffset="LastChangeDateTime",
        ),
        "to_Description",
        typed(String="Language ProductDescription"),
    ),
    "order": Published(
        "API_SALES_ORDER_SRV/A_SalesOrder",
        "gregorwolf/teched2020-DT261-cap 0524649",
        typed(
            String="SalesOrder SalesOrderType SalesOrganization SoldToParty TransactionCurrency "
            "PurchaseOrderByCustomer CustomerPaymentTerms OverallSDProcessStatus "
            "OverallSDDocumentRejectionSts HeaderBillingBlockReason DeliveryBlockReason",
            DateTime="SalesOrderDate RequestedDeliveryDate",
            DateTimeOffset="LastChangeDateTime",
            Decimal="TotalNetAmount",
        ),
        "to_Item",
        typed(
            String="SalesOrderItem SalesOrderItemText Material RequestedQuantityUnit WBSElement "
            "SalesDocumentRjcnReason",
            Decimal="RequestedQuantity NetAmount",
        ),
    ),
    "invoice": Published(
        "API_BILLING_DOCUMENT_SRV/A_BillingDocument",
        "hasanciftci26/cap-journal-entry-travelopia 21934f8",
        typed(
            String="BillingDocument SDDocumentCategory BillingDocumentType CancelledBillingDocument "
            "TransactionCurrency PayerParty SoldToParty CustomerPaymentTerms PaymentReference "
            "PurchaseOrderByCustomer CompanyCode FiscalYear AccountingDocument AccountingPostingStatus "
            "InvoiceClearingStatus",
            Boolean="BillingDocumentIsCancelled",
            DateTime="BillingDocumentDate",
            DateTimeOffset="LastChangeDateTime",
            Decimal="TotalNetAmount TaxAmount TotalGrossAmount",
        ),
        "to_Item",
        typed(
            String="BillingDocumentItem BillingDocumentItemText Material BillingQuantityUnit",
            Decimal="BillingQuantity NetAmount TaxAmount",
        ),
    ),
    "account": Published(
        "API_GLACCOUNTINCHARTOFACCOUNTS_SRV/A_GLAccountInChartOfAccounts",
        "sebasgoldberg/rateio c724450",
        typed(
            String="ChartOfAccounts GLAccount GLAccountGroup GLAccountType",
            Boolean="IsBalanceSheetAccount IsProfitLossAccount AccountIsBlockedForPosting "
            "AccountIsMarkedForDeletion",
            DateTimeOffset="LastChangeDateTime",
        ),
        "to_Text",
        typed(String="Language GLAccountName GLAccountLongName"),
    ),
    "department": Published(
        "API_COSTCENTER_SRV/A_CostCenter",
        "sebasgoldberg/rateio c724450",
        typed(
            String="ControllingArea CostCenter CompanyCode CostCenterCategory Department ProfitCenter "
            "IsBlkdForPrimaryCostsPosting",
            DateTime="ValidityEndDate ValidityStartDate",
        ),
        "to_Text",
        typed(String="Language CostCenterName CostCenterDescription"),
    ),
    "activity": Published(
        "API_COSTCNTRACTIVITYTYPE_CRUD_SRV/A_CostCenterActivityType",
        "DHariharanD/iipl-cloudinary-attachement 46ce450",
        typed(
            String="ControllingArea CostCtrActivityType CostCtrActivityTypeQtyUnit AllocationCostElement "
            "CostCtrActivityTypeCategory CostCtrActivityTypeValidCat ActivityTypeIsBlocked",
            DateTime="ValidityEndDate ValidityStartDate CreationDate",
        ),
        "to_Text",
        typed(String="Language CostCtrActivityTypeName CostCtrActivityTypeDesc"),
    ),
    "project": Published(
        "API_ENTERPRISE_PROJECT_SRV;v=0002/A_EnterpriseProject",
        "SAP-samples/btp-end-to-end-scenario-use-cases ca57037",
        typed(
            Guid="ProjectUUID CustomerUUID",
            String="Project ProjectDescription EnterpriseProjectType ProjectProfileCode ProcessingStatus "
            "ResponsibleCostCenter ProfitCenter CompanyCode ControllingArea ProjectCurrency",
            Boolean="EntProjectIsConfidential IsBillingRelevant",
            DateTime="ProjectStartDate ProjectEndDate ActualStartDate ActualEndDate",
            DateTimeOffset="LastChangeDateTime",
        ),
    ),
    "purchase_order": Published(
        "API_PURCHASEORDER_PROCESS_SRV/A_PurchaseOrder",
        "juliocesarhilarioflores/gt_purchase_order bec9bf9",
        typed(
            String="PurchaseOrder PurchaseOrderType CompanyCode PurchasingDocumentDeletionCode Supplier "
            "PurchasingProcessingStatus InvoicingParty DocumentCurrency PaymentTerms",
            Boolean="PurchasingCompletenessStatus",
            DateTime="PurchaseOrderDate",
            DateTimeOffset="LastChangeDateTime",
        ),
        "to_PurchaseOrderItem",
        typed(
            String="PurchaseOrderItem PurchaseOrderItemText Material PurchaseOrderQuantityUnit "
            "OrderPriceUnit TaxCode PurchasingDocumentDeletionCode",
            Boolean="IsCompletelyDelivered IsFinallyInvoiced",
            Decimal="OrderQuantity NetPriceAmount NetPriceQuantity OrderPriceUnitToOrderUnitNmrtr "
            "OrdPriceUnitToOrderUnitDnmntr",
        ),
    ),
    "supplier_invoice": Published(
        "API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice",
        "hasanciftci26/cap-journal-entry-travelopia 21934f8",
        typed(
            String="SupplierInvoice FiscalYear CompanyCode SupplierInvoiceIDByInvcgParty InvoicingParty "
            "DocumentCurrency PaymentTerms PaymentReference PaymentBlockingReason DocumentHeaderText "
            "SupplierInvoiceStatus SupplierInvoiceIsCreditMemo InvoiceReference InvoiceReferenceFiscalYear "
            "ReverseDocument ReverseDocumentFiscalYear",
            Boolean="IsReversal IsReversed",
            DateTime="DocumentDate PostingDate DueCalculationBaseDate",
            Decimal="InvoiceGrossAmount NetPaymentDays",
        ),
    ),
    "ledger_entry": Published(
        "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube",
        "shritejrasala/Accounting 213904a",
        typed(
            String="CompanyCode FiscalYear AccountingDocument AccountingDocumentItem "
            "AccountingDocumentCategory AccountingDocumentType FiscalPeriod GLAccount DebitCreditCode "
            "CompanyCodeCurrency TransactionCurrency TaxCode BaseUnit DocumentItemText "
            "AccountingDocumentHeaderText DocumentReferenceID AssignmentReference Customer Supplier "
            "CostCenter ProfitCenter Project "
            "WBSElementInternalID OrderID PersonnelNumber Product BillingDocument SalesDocument "
            "PurchasingDocument CostCtrActivityType ClearingAccountingDocument ReverseDocument "
            "ReverseDocumentFiscalYear",
            Boolean="IsCleared IsReversal IsReversed",
            DateTime="PostingDate DocumentDate ClearingDate NetDueDate AccountingDocumentCreationDate "
            "LastChangeDate",
            Decimal="AmountInCompanyCodeCurrency AmountInTransactionCurrency Quantity",
        ),
    ),
    # What the navigation is elsewhere is one field of a complex type here: it comes without being asked for.
    "time_entry": Published(
        "API_MANAGE_WORKFORCE_TIMESHEET/TimeSheetEntryCollection",
        "vtammisetti/timesheet-poc bb41adc",
        typed(
            String="PersonWorkAgreementExternalID CompanyCode TimeSheetRecord PersonWorkAgreement "
            "TimeSheetStatus TimeSheetPredecessorRecord",
            DateTime="TimeSheetDate",
        ),
        "TimeSheetDataFields",
        typed(
            String="ControllingArea SenderCostCenter ReceiverCostCenter InternalOrder ActivityType "
            "WBSElement WorkItem BillingControlCategory PurchaseOrder PurchaseOrderItem TimeSheetTaskType "
            "TimeSheetTaskLevel TimeSheetTaskComponent TimeSheetNote HoursUnitOfMeasure RejectionReason "
            "TimeSheetWrkLocCode TimeSheetOvertimeCategory",
            Decimal="RecordedHours RecordedQuantity",
        ),
    ),
}
"""Metadata marks fields that are unfit for sorting or for a filter. Of those named here it marks all fields
of a time sheet entry as unfit for sorting, its parts and its predecessor for a filter too; the others not.
"""
