"""What a portal keeps of products and of the lines of deals."""

from decimal import Decimal

from hub.sandbox.hubspot.object_types import PRODUCTS
from hub.sandbox.hubspot.portal import LineItem, Portal
from hub.sandbox.hubspot.property import Kind, calculated, category, number, number_spelled, text
from hub.sandbox.world import ProductEntry

PRODUCT_PROPERTIES = (
    text("name", "Name", "name"),
    text("hs_sku", "SKU", "code"),
    calculated("description", "Product description", Kind.STRING, lambda entry, _: None),
    category("hs_product_type", "Product Type", "family"),
    number("price", "Unit price", "price"),
)


def _product_name(entry: LineItem, portal: Portal) -> str | None:
    product: ProductEntry | None = portal.shelf(PRODUCTS).by_id.get(entry.product)
    return product.name if product is not None else None


def _line_total(entry: LineItem, _: Portal) -> str | None:
    return number_spelled((entry.quantity * entry.unit_price).quantize(Decimal("0.01")))


LINE_ITEM_PROPERTIES = (
    calculated("name", "Name", Kind.STRING, _product_name),
    calculated("hs_product_id", "Product ID", Kind.NUMBER, lambda entry, _: entry.product),
    number("quantity", "Quantity", "quantity"),
    number("price", "Unit price", "unit_price"),
    calculated("amount", "Net price", Kind.NUMBER, _line_total),
    text("hs_line_item_currency_code", "Currency", "currency", kind=Kind.ENUMERATION),
)
